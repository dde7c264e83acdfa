// Files as programs name them, and what the errors of networks and logins say.

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client, FileError, handle_file } from "../../src/index.node.ts";
import { handle_file as universal } from "../../src/index.ts";
import { contentOf, type LocalFile } from "../../src/protocol/filedata.ts";
import { pathOf } from "../../src/protocol/filenames.ts";
import { reasonOf } from "../../src/protocol/reasons.ts";
import { type Reply, replyError } from "../../src/protocol/replies.ts";
import type { BlobLike } from "../../src/types.ts";
import { ScriptedApp } from "../server/scripted.ts";

let app: ScriptedApp;
let sent: string;
const folder = mkdtempSync(join(tmpdir(), "gradlink-given-"));

beforeAll(async () => {
  app = await ScriptedApp.start();
  app.override = ({ path, body }, response) => {
    if (!path.endsWith("/upload")) return false;
    sent = body;
    response.setHeader("content-type", "application/json").end('["/tmp/a.txt"]');
    return true;
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});

async function upload(value: unknown): Promise<string> {
  const client = await Client.connect(app.url);
  await client.predict("/echo", [value]).finally(() => client.close());
  return sent;
}

describe("handle_file", () => {
  test.each([
    ["data:text/plain;base64,aGk=", "hi", "text/plain", "file.txt"],
    ["data:text/plain;charset=utf-8,a%20b", "a b", "text/plain", "file.txt"],
    ["DATA:image/svg+xml,<svg/>", "<svg/>", "image/svg+xml", "file.svg"],
    ["data:,x", "x", "", "file"],
    ["data:application/x-own,x", "x", "application/x-own", "file"],
  ])("takes %s", async (uri, text, type, name) => {
    for (const make of [handle_file, universal]) {
      const file = make(uri) as LocalFile;
      expect(file).toMatchObject({ name, type });
      const blob = file.source as BlobLike;
      expect(blob.type).toBe(type);
      expect(new TextDecoder().decode(await contentOf(blob))).toBe(text);
    }
  });

  test("refuses a broken data URI in few words", () => {
    const uri = `data:image/png;base64,${"%".repeat(10_000)}`;
    expect(() => handle_file(uri)).toThrow(FileError);
    expect(() => handle_file(uri)).toThrow(/^"data:image\/png;base64,%+"\.\.\. is a broken data URI$/);
  });

  test("sends a stream of a file under the file's name", async () => {
    const path = join(folder, "größe.txt");
    writeFileSync(path, "content");
    for (const make of [
      () => createReadStream(path),
      () => createReadStream(Buffer.from(path)),
      () => createReadStream(pathToFileURL(path)),
      () => handle_file(createReadStream(path)),
      () => handle_file(pathToFileURL(path)),
      () => handle_file(pathToFileURL(path).href),
    ])
      expect(await upload(make())).toContain('filename="größe.txt"');
  });
});

describe("addresses of files", () => {
  test.each([
    ["file:///home/me/a%20b.txt", "/home/me/a b.txt"],
    ["file:///C:/a.txt", "/C:/a.txt"],
    ["file://localhost/a.txt", "/a.txt"],
    ["FILE:///a.txt", "/a.txt"],
  ])("%s", (address, path) => {
    expect(pathOf(address, false)).toBe(path);
  });

  test.each([
    ["file:///C:/Users/me/a%20b.txt", "C:\\Users\\me\\a b.txt"],
    ["file:///c:/a.txt", "c:\\a.txt"],
    ["file://localhost/C:/a.txt", "C:\\a.txt"],
    ["file://server/share/a.txt", "\\\\server\\share\\a.txt"],
  ])("%s on Windows", (address, path) => {
    expect(pathOf(address, true)).toBe(path);
  });

  test.each([
    ["file://server/a.txt", false, /it is at server/],
    ["file:///a.txt", true, /it has no drive/],
    ["file:///a%2Fb.txt", false, /has a slash/],
    ["file:///C:/a%5Cb.txt", true, /has a slash/],
    ["file:///%E0%A4%A", false, /a % that is not an escape/],
    ["file://[", false, /not an address/],
  ])("%s is none (Windows: %s)", (address, onWindows, why) => {
    expect(() => pathOf(address, onWindows)).toThrow(FileError);
    expect(() => pathOf(address, onWindows)).toThrow(why);
  });
});

describe("an error of the network says what it comes from", () => {
  test("where nobody listens", async () => {
    const gone = await ScriptedApp.start();
    await gone.stop();
    for (const connecting of [
      Client.connect(gone.url, { retries: 0 }),
      // The other one asks for the file itself.
      upload(handle_file(`${gone.url}/a.txt`)),
    ])
      await expect(connecting).rejects.toThrow(/ECONNREFUSED/);
  });

  test("however deep it is", () => {
    const refused = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
    const several = Object.assign(new AggregateError([refused, new Error("other")]), {
      code: "ECONNREFUSED",
    });
    const failed = new TypeError("fetch failed", { cause: new Error("", { cause: several }) });
    expect(reasonOf(failed)).toBe("fetch failed: connect refused (ECONNREFUSED)");
    expect(reasonOf(new TypeError("Failed to fetch"))).toBe("Failed to fetch");
    const loop = new Error("around");
    loop.cause = loop;
    expect(reasonOf(loop)).toBe("around");
    for (const strange of [null, undefined, "text", 5]) expect(reasonOf(strange)).toBe(`${strange}`);
  });
});

describe("a 401", () => {
  function said(url: string, body: string, headers: Record<string, string> = {}): string {
    const reply: Reply = { status: 401, url, body, headers: { get: (name) => headers[name] ?? null } };
    return replyError(reply, "the join").message;
  }

  test.each([
    ["https://me-app.hf.space/config", "<html>Sorry</html>", {}],
    ["https://huggingface.co/api", "Invalid username or password.", {}],
    ["https://own.test/config", "", { "www-authenticate": 'Bearer realm="x"' }],
  ])("of %s asks for the token", (url, body, headers) => {
    expect(said(url, body, headers)).toMatch(/option token/);
    expect(said(url, body, headers)).not.toMatch(/auth:/);
  });

  test.each([
    ["https://own.test/config", '{"detail":"Not authenticated"}'],
    ["https://me-app.hf.space/config", '{"detail":"Not authenticated"}'],
    ["https://nothf.space/config", "no"],
  ])("of %s with %s asks for the login", (url, body) => {
    expect(said(url, body)).toMatch(/auth: \[username, password\]/);
    expect(said(url, body)).not.toMatch(/token/);
  });
});
