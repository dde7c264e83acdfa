// What the existing client gets wrong about files, and what it gets right.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileData, handle_file, type RemoteFile } from "gradlink";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf } from "./given.ts";

let base: Server;
let folder: string;

beforeAll(async () => {
  base = await server();
  folder = mkdtempSync(join(tmpdir(), "gradlink-js-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const apps: ScriptedApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop();
});

interface Found {
  readonly orig_name: string | null;
  readonly size: number;
  readonly text: string;
}

async function nested(value: unknown): Promise<Found[]> {
  const client = await connect(base.url);
  const { data } = await client.predict("/nested_files", [value]);
  return data[0] as Found[];
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

test("the caller's arguments stay as they were", async () => {
  const blob = new Blob(["x"]);
  const args = { value: { deep: [blob, handle_file(new File(["y"], "y.txt"))] } };
  const before = args.value.deep[1];
  const shown = JSON.stringify(before);
  const client = await connect(base.url);
  await client.predict("/nested_files", [args.value]);
  expect(args.value.deep[0]).toBe(blob);
  expect(args.value.deep[1]).toBe(before);
  expect(JSON.stringify(args.value.deep[1])).toBe(shown);
});

describe("a file that cannot be sent is named before the call", () => {
  test("as it is too large", async () => {
    const tiny = await server("tiny");
    const client = await connect(tiny.url);
    const seen = (await tiny.requests()).length;
    const error = await failureOf(() =>
      client.predict("/file_digest", [new Blob([new Uint8Array(100_000)])]),
    );
    expect(error.name).toBe("FileTooLargeError");
    const paths = (await tiny.requests(seen)).map(({ path }) => path);
    expect(paths).not.toContain("/gradio_api/queue/join");
  });

  test("as it is not there", async () => {
    const client = await connect(base.url);
    const seen = (await base.requests()).length;
    const missing = join(folder, "missing.txt");
    const error = await failureOf(() => client.predict("/file_upper", [handle_file(missing)]));
    expect(error.message).toContain("missing.txt");
    expect(error.name).toBe("FileError");
    const paths = (await base.requests(seen)).map(({ path }) => path);
    expect(paths).not.toContain("/gradio_api/queue/join");
  });
});

test("a local file keeps its name and its type", async () => {
  const path = join(folder, "grüße.txt");
  writeFileSync(path, "hello");
  const client = await connect(base.url);
  const seen = (await base.requests()).length;
  const { data } = await client.predict("/nested_files", [[handle_file(path)]]);
  expect(data[0]).toEqual([{ orig_name: "grüße.txt", size: 5, text: "hello" }]);
  const joined = (await base.requests(seen)).find((request) => request.path.endsWith("/queue/join"));
  const sent = joined?.json as { data: unknown[][] } | undefined;
  expect(sent?.data[0]?.[0]).toMatchObject({
    orig_name: "grüße.txt",
    mime_type: "text/plain",
    meta: { _type: "gradio.FileData" },
  });
});

describe("what is accepted as a file", () => {
  const stream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(bytes("con"));
        controller.enqueue(bytes("tent"));
        controller.close();
      },
    });
  const kinds: Record<string, () => unknown> = {
    Blob: () => new Blob(["content"]),
    File: () => new File(["content"], "a.txt"),
    Buffer: () => Buffer.from("content"),
    Uint8Array: () => bytes("content"),
    "part of an ArrayBuffer": () => new Uint8Array(bytes("xcontentx").buffer, 1, 7),
    DataView: () => new DataView(bytes("content").buffer),
    ArrayBuffer: () => bytes("content").buffer,
    ReadableStream: stream,
  };

  test.each(Object.entries(kinds))("%s, by handle_file", async (_, make) => {
    const [found] = await nested([handle_file(make() as Blob)]);
    expect(found).toMatchObject({ size: 7, text: "content" });
  });

  test.each(["Blob", "File", "Buffer", "Uint8Array"])("%s, bare", async (kind) => {
    const [found] = await nested({ deep: [kinds[kind]?.()] });
    expect(found).toMatchObject({ size: 7, text: "content" });
  });
});

test("a string is never read from this machine by accident", async () => {
  const path = join(folder, "private.txt");
  writeFileSync(path, "secret");
  const client = await connect(base.url);
  expect((await client.predict("/echo", [path])).data).toEqual([path]);
});

test("an address is handed to the app as it is", async () => {
  const file = handle_file("https://example.invalid/folder/y%20z.png?token=1#part") as FileData;
  expect(file).toMatchObject({
    path: "https://example.invalid/folder/y%20z.png?token=1#part",
    meta: { _type: "gradio.FileData" },
  });
  expect(file.orig_name).toMatch(/^y( |%20)z\.png$/);
});

describe("files that the app gives", () => {
  test("can be read in every way", async () => {
    const client = await connect(base.url);
    const { data } = await client.predict("/make_file", ["tö x.txt", "größer"]);
    const file = data[0] as FileData;
    expect(file).toBeInstanceOf(FileData);
    expect(file).toMatchObject({ orig_name: "tö x.txt", meta: { _type: "gradio.FileData" } });
    const found = client.read(file);
    expect(await found.text()).toBe("größer");
    expect((await found.blob()).size).toBe(8);
    let size = 0;
    for await (const chunk of found.stream() as AsyncIterable<Uint8Array>) size += chunk.length;
    expect(size).toBe(8);
    const path = join(folder, "saved.txt");
    await found.save(path);
    expect(readFileSync(path, "utf8")).toBe("größer");
    expect(JSON.parse(JSON.stringify(file))).toMatchObject({ path: file.path, url: file.url });
  });

  describe("by a download that breaks", () => {
    /** Serve a file whose first answer breaks after four bytes; return it, and how it was asked for. */
    async function broken(versions: readonly [string, string]): Promise<[RemoteFile, unknown[][]]> {
      const app = await ScriptedApp.start();
      apps.push(app);
      const asked: unknown[][] = [];
      app.override = ({ path, headers }, response) => {
        if (!path.includes("file=")) return false;
        asked.push([headers["range"], headers["if-range"]]);
        const content = Buffer.from("0123456789");
        if (asked.length === 1) {
          response.writeHead(200, { "content-length": content.length, etag: versions[0] });
          response.write(content.subarray(0, 4), () => response.destroy());
        } else {
          const isSame = headers["if-range"] === versions[1];
          response.writeHead(isSame ? 206 : 200, { etag: versions[1] });
          response.end(isSame ? content.subarray(4) : "another one");
        }
        return true;
      };
      const client = await connect(app.url, { retries: { baseSeconds: 0.01 } });
      const file = {
        path: "/a.txt",
        url: `${app.url}/gradio_api/file=/a.txt`,
        meta: { _type: "gradio.FileData" },
      };
      const { data } = await client.predict("/echo", [file]);
      return [client.read(data[0] as FileData), asked];
    }

    test("come whole, from the byte where it broke", async () => {
      const [file, asked] = await broken(['"one"', '"one"']);
      expect(await file.text()).toBe("0123456789");
      expect(asked).toEqual([
        [undefined, undefined],
        ["bytes=4-", '"one"'],
      ]);
    });

    test("are not mixed of two versions", async () => {
      const [file] = await broken(['"one"', '"two"']);
      const error = await failureOf(() => file.text());
      expect(error).toMatchObject({ name: "DownloadInterruptedError", received: 4 });
    });
  });

  describe("that are larger than max_download", () => {
    const ways: Record<string, (file: RemoteFile) => Promise<unknown>> = {
      blob: (file) => file.blob(),
      text: (file) => file.text(),
      stream: (file) => new Response(file.stream()).text(),
      save: (file) => file.save(join(folder, "too large.txt")),
    };

    test.each(Object.keys(ways))("are not read by %s()", async (way) => {
      const client = await connect(base.url, { max_download: 6 });
      const { data } = await client.predict("/make_file", ["a.txt", "content"]);
      const error = await failureOf(() => ways[way]?.(client.read(data[0] as FileData)));
      expect(error).toMatchObject({ name: "FileTooLargeError", url: (data[0] as FileData).url });
      expect(error.message).toContain("has more than max_download=6 bytes");
      expect(existsSync(join(folder, "too large.txt"))).toBe(false);
    });

    test("by one byte are, and those that fit are read", async () => {
      const client = await connect(base.url, { max_download: 7 });
      const { data } = await client.predict("/make_file", ["a.txt", "content"]);
      expect(await client.read(data[0] as FileData).text()).toBe("content");
      const more = await client.predict("/make_file", ["a.txt", "contents"]);
      const error = await failureOf(() => client.read(more.data[0] as FileData).text());
      expect(error.name).toBe("FileTooLargeError");
    });

    test("are left as soon as that shows, if the server does not say how large they are", async () => {
      const app = await ScriptedApp.start();
      apps.push(app);
      let left: () => void = () => {};
      const gone = new Promise<void>((resolve) => {
        left = resolve;
      });
      app.override = ({ path }, response) => {
        if (!path.includes("file=")) return false;
        response.on("close", left);
        // The rest never comes.
        response.writeHead(200).write("contents");
        return true;
      };
      const client = await connect(app.url, { max_download: 7 });
      const file = {
        path: "/a.txt",
        url: `${app.url}/gradio_api/file=/a.txt`,
        meta: { _type: "gradio.FileData" },
      };
      const { data } = await client.predict("/echo", [file]);
      const error = await failureOf(() => client.read(data[0] as FileData).text());
      expect(error.name).toBe("FileTooLargeError");
      await gone;
    });
  });

  test("need the login that the client has", async () => {
    const auth = await server("auth");
    const client = await connect(auth.url, { auth: ["user", "pass"] });
    const { data } = await client.predict("/make_file", ["a.txt", "mine"]);
    expect(await client.read(data[0] as FileData).text()).toBe("mine");
  });

  test("in a list", async () => {
    const client = await connect(base.url);
    const { data } = await client.predict("/make_files", [3]);
    const files = data[0] as FileData[];
    expect(await Promise.all(files.map((file) => client.read(file).text()))).toEqual([
      "content 0",
      "content 1",
      "content 2",
    ]);
  });
});

test("files of a call tell how far they have been sent, and come in the order given", async () => {
  const client = await connect(base.url);
  const progress: { loaded: number; total: number }[] = [];
  const files = Array.from({ length: 6 }, (_, index) => new File(["x".repeat(1000 + index)], `${index}.txt`));
  const onUploadProgress = (told: { loaded: number; total: number }) => void progress.push({ ...told });
  const { data } = await client.predict("/nested_files", [files], undefined, { onUploadProgress });
  expect((data[0] as Found[]).map(({ size }) => size)).toEqual([1000, 1001, 1002, 1003, 1004, 1005]);
  const loaded = progress.map((told) => told.loaded);
  expect(loaded).toEqual([...loaded].sort((one, other) => one - other));
  expect(progress.at(-1)).toEqual({ loaded: 6015, total: 6015 });
});

test("upload_files tells what went wrong, and upload throws", async () => {
  const tiny = await server("tiny");
  const client = await connect(tiny.url);
  const large = new Blob([new Uint8Array(100_000)]);
  const reply = await client.upload_files(tiny.origin, [large]);
  expect(reply.error).toMatch(/413/);
  const good = await client.upload_files(tiny.origin, [new File(["ok"], "ok.txt")]);
  expect(good.files).toHaveLength(1);
  expect(good.files?.[0]).toMatch(/ok\.txt$/);
  const [uploaded] =
    (await client.upload([new FileData({ path: "ok.txt", blob: new Blob(["ok"]) })], tiny.origin)) ?? [];
  expect(uploaded?.url).toMatch(/\/gradio_api\/file=/);
});

test("JSON that looks like files goes in and out as it is", async () => {
  const value = {
    entries: [
      { name: "notes.txt", is_file: true },
      { name: "src", is_file: false },
    ],
    index: [{ path: "docs/a.md", url: null, orig_name: "a.md", size: 3 }],
    old: { name: "/srv/a.txt", data: null, is_file: true },
    older: { path: "a.md", url: null, orig_name: "a.md", size: 3, mime_type: null },
  };
  const client = await connect(base.url);
  const since = (await base.requests()).length;
  const { data } = await client.predict("/kitchen", { text: "", number: 1, js: value });
  expect((data[0] as unknown[]).at(-1)).toEqual(value);
  const asked = (await base.requests()).slice(since).map(({ path }) => path);
  expect(asked.filter((path) => /file=|upload/.test(path))).toEqual([]);
});

test("an SVG is read and sent on like any other file, and max_download bounds it", async () => {
  const client = await connect(base.url);
  const since = (await base.requests()).length;
  const { data } = await client.predict("/drawings", ["\u00fc"]);
  const [image, update, gallery, slider, chat] = data as [
    FileData,
    { value: FileData },
    { image: FileData }[],
    FileData[],
    { content: { value: FileData }[] }[],
  ];
  const [{ image: drawn }, { content }] = [gallery[0], chat[0]] as [{ image: FileData }, (typeof chat)[0]];
  expect(slider).toHaveLength(2);
  for (const file of [image, update.value, drawn, ...slider, content[0]?.value as FileData]) {
    expect(file).toMatchObject({ path: null, orig_name: "drawing.svg" });
    expect(await client.read(file).text()).toMatch(/\u00fc<\/text><\/svg>$/);
    expect((await client.read(file).blob()).type).toBe("image/svg+xml");
  }
  expect((await base.requests()).slice(since).filter(({ path }) => path.includes("/file="))).toEqual([]);
  const sent = await client.predict("/file_upper", [image]);
  expect(await client.read(sent.data[0] as FileData).text()).toMatch(/\u00dc<\/TEXT><\/SVG>$/);
  const bounded = await connect(base.url, { max_download: 20 });
  const error = await failureOf(() => bounded.read(image).text());
  expect([error.name, error.message]).toEqual([
    "FileTooLargeError",
    "the file drawing.svg has more than max_download=20 bytes",
  ]);
});
