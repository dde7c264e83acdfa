// What a client asks for an app at other hosts: nothing of its own machine and network, whatever names lead there.
//
// 127.0.0.1 plays the internet here, and 127.0.0.2 the private network.

import dns from "node:dns";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { type Client, handle_file } from "gradlink";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { connect, failureOf } from "./given.ts";

vi.mock("../../src/protocol/private-hosts.ts", () => ({
  isPrivateHost: (host: string) => host === "127.0.0.2",
  isPrivateAddress: (url: string) => new URL(url).hostname === "127.0.0.2",
}));

/** What names lead to: each look-up takes one, and the last one stays. */
let names: Record<string, string[]> = {};
const looked: string[] = [];
const real = dns.lookup;

beforeAll(() => {
  const lookup = (host: string, options: dns.LookupOptions, done: (...all: unknown[]) => void) => {
    const known = names[host];
    if (!known) return real(host, options, done);
    looked.push(host);
    const address = known.length > 1 ? known.shift() : known[0];
    return done(null, [{ address, family: 4 }]);
  };
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
});
afterAll(() => {
  Object.assign(dns, { lookup: real });
  syncBuiltinESMExports();
});

let app: ScriptedApp;
let client: Client;
const asked: IncomingMessage[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  app = await ScriptedApp.start();
  client = await connect(app.url, { headers: { "x-secret": "1" } });
  asked.length = looked.length = 0;
  names = {};
});
afterEach(async () => {
  await app.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Serve something at an address; return the port. */
async function serve(
  address: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end("x"),
): Promise<number> {
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return (server.address() as AddressInfo).port;
}

/** Return the file of a result that the app says to be at `url`. */
async function fileAt(url: string): Promise<object> {
  app.play = (job) => {
    const file = { path: url, url, orig_name: "a", size: null, meta: { _type: "gradio.FileData" } };
    job.completes(file);
    app.closeStream(job.session);
  };
  return (await client.predict("/echo", ["x"])).data[0] as object;
}

describe("a file of a result at another host", () => {
  test("is read from the address that was checked, without the app's headers", async () => {
    const port = await serve("127.0.0.1");
    // Who looked the name up again would be led into the private network.
    names = { "cdn.example": ["127.0.0.1", "127.0.0.2"] };
    const file = await fileAt(`http://cdn.example:${port}/a`);
    expect(await client.read(file).text()).toBe("x");
    expect(looked).toEqual(["cdn.example"]);
    expect(asked.map(({ headers }) => [headers.host, headers["x-secret"]])).toEqual([
      [`cdn.example:${port}`, undefined],
    ]);
  });

  test("is not read where its name leads into the private network", async () => {
    const port = await serve("127.0.0.2");
    names = { "evil.example": ["127.0.0.2"] };
    const file = await fileAt(`http://evil.example:${port}/a`);
    const error = await failureOf(() => client.read(file).text());
    expect(error.name).toBe("FileError");
    expect(error.message).toContain("leads to the private address 127.0.0.2, which is not fetched");
    expect(asked).toEqual([]);
  });

  test("is not read from a private address", async () => {
    const port = await serve("127.0.0.2");
    const file = await fileAt(`http://127.0.0.2:${port}/a`);
    const error = await failureOf(() => client.read(file).text());
    expect(error.message).toContain("a private address, which is not fetched");
    expect(asked).toEqual([]);
  });

  test("is checked again at each redirect", async () => {
    const port = await serve("127.0.0.1", (_, response) => response.writeHead(302, { location: "/b" }).end());
    names = { "cdn.example": ["127.0.0.1", "127.0.0.2"] };
    const file = await fileAt(`http://cdn.example:${port}/a`);
    const error = await failureOf(() => client.read(file).text());
    expect(error.message).toContain("leads to the private address 127.0.0.2");
    expect(asked.map(({ url }) => url)).toEqual(["/a"]);
  });

  test("is unpacked, and bounded then", async () => {
    const packed = gzipSync("x".repeat(1000));
    const port = await serve("127.0.0.1", (_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed),
    );
    names = { "cdn.example": ["127.0.0.1"] };
    const file = await fileAt(`http://cdn.example:${port}/a`);
    expect(await client.read(file).text()).toBe("x".repeat(1000));
    const tight = await connect(app.url, { max_download: 999 });
    expect((await failureOf(() => tight.read(file).text())).name).toBe("FileTooLargeError");
  });

  test("is read by a fetch of the program's own", async () => {
    const urls: string[] = [];
    const fetch = ((url: string, init?: RequestInit) => {
      urls.push(url);
      return url.includes("cdn.example") ? new Response("own") : globalThis.fetch(url, init);
    }) as never;
    client = await connect(app.url, { fetch });
    const file = await fileAt("http://cdn.example/a");
    expect(await client.read(file).text()).toBe("own");
    expect(urls).toContain("http://cdn.example/a");
  });
});

describe("what an app has said, handed to its next call,", () => {
  const forms: Record<string, (url: string) => unknown> = {
    "a file": (url) => ({ path: url, url, meta: { _type: "gradio.FileData" } }),
    "a file without a path": (url) => ({
      path: null,
      url,
      orig_name: "a",
      meta: { _type: "gradio.FileData" },
    }),
    "the names of a stream and a URL": (href) => ({ getReader: "x", href, toJSON: "x" }),
    "the names of a file to be sent": (href) => ({ source: { href }, name: "a", isAddress: true }),
  };

  test.each(Object.entries(forms))("%s, is not fetched", async (_, form) => {
    const port = await serve("127.0.0.2");
    const said = form(`http://127.0.0.2:${port}/a`);
    app.play = (job) => {
      job.completes(said);
      app.closeStream(job.session);
    };
    const { data } = await client.predict("/echo", ["x"]);
    await client.predict("/echo", [data[0]]);
    await client.predict("/echo", [[{ deep: data[0] }]]);
    expect(asked).toEqual([]);
    expect(app.paths()).not.toContain("POST /gradio_api/upload");
  });

  test("an object with the name of an address, is not a file", () => {
    expect(() => handle_file({ href: "http://127.0.0.2/", toJSON: "x" } as never)).toThrow(
      "a file is a Blob",
    );
  });
});

describe("an address of the private network that the program wrote", () => {
  async function sent(url: string): Promise<unknown> {
    app.override = ({ path }, response) => {
      if (!path.endsWith("/upload")) return false;
      response.writeHead(200, { "content-type": "application/json" }).end('["/srv/a"]');
      return true;
    };
    return (await client.predict("/echo", [handle_file(url)])).data[0];
  }

  test("is fetched and sent, after redirects of its own host", async () => {
    const port = await serve("127.0.0.2", ({ url }, response) => {
      if (url === "/a") response.writeHead(302, { location: "/b" }).end();
      else response.end("mine");
    });
    expect(await sent(`http://127.0.0.2:${port}/a`)).toMatchObject({ path: "/srv/a" });
    expect(asked.map(({ url }) => url)).toEqual(["/a", "/b"]);
    expect(app.asked.find(({ path }) => path.endsWith("/upload"))?.body).toContain("mine");
  });

  test("does not lead to another host of that network", async () => {
    const other = await serve("127.0.0.2");
    names = { "evil.example": ["127.0.0.2"] };
    const port = await serve("127.0.0.2", (_, response) =>
      response.writeHead(302, { location: `http://evil.example:${other}/` }).end(),
    );
    const error = await failureOf(() => sent(`http://127.0.0.2:${port}/a`));
    expect(error.name).toBe("FileError");
    expect(error.message).toContain("leads to the private address 127.0.0.2");
    expect(asked.map(({ url }) => url)).toEqual(["/a"]);
  });

  test("is left as soon as it is larger than the app takes", async () => {
    let left: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    const port = await serve("127.0.0.2", (_, response) => {
      response.on("close", left);
      response.writeHead(200).write("contents");
    });
    app.config = { max_file_size: 7 };
    client = await connect(app.url);
    const error = await failureOf(() => sent(`http://127.0.0.2:${port}/a`));
    expect(error.name).toBe("FileTooLargeError");
    await gone;
  });
});
