// Objects of other realms and packages: they work as our own do, or are refused by name; none is sent as `{}`.

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import fetchOfNodeFetch, * as nodeFetch from "node-fetch";
import * as undici from "undici";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Client, type ClientOptions } from "../../src/index.node.ts";
import { ScriptedApp } from "../server/scripted.ts";

// It has no types.
const { JSDOM } = (await import("jsdom" as string)) as {
  JSDOM: new (html: string, options: object) => { window: typeof globalThis };
};
const page = new JSDOM("<input type=file><canvas></canvas><p>text</p>", { url: "http://page.test/" }).window;
const folder = mkdtempSync(join(tmpdir(), "gradlink-realms-"));
writeFileSync(join(folder, "a.txt"), "content");

let app: ScriptedApp;

/** Wait until something holds; the bound is for what would wait for ever. */
function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, 25_000);
}

/** Bodies of the uploads, as bytes are letters in them. */
let uploads: string[];

beforeAll(async () => {
  app = await ScriptedApp.start();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});
beforeEach(() => {
  uploads = [];
  app.asked.length = 0;
  app.override = ({ path, body, headers }, response) => {
    if (path.includes("file=")) response.end("content");
    else if (!path.endsWith("/upload")) return false;
    else {
      uploads.push(`${headers["content-type"]}\r\n${body}`);
      response.setHeader("content-type", "application/json").end('["/tmp/a.txt"]');
    }
    return true;
  };
});
afterEach(() => vi.unstubAllGlobals());

async function call(value: unknown, options?: ClientOptions): Promise<unknown> {
  const client = await Client.connect(app.url, options);
  try {
    return (await client.predict("/echo", [value])).data[0];
  } finally {
    await client.close();
  }
}

/** Evaluate code in another realm of this process, as Jest and Next's edge runtime do. */
function elsewhere(code: string): unknown {
  return runInNewContext(code, { Uint8Array: undefined });
}

describe("are files:", () => {
  const files: Record<string, () => unknown> = {
    "an ArrayBuffer of another realm": () => {
      const buffer = elsewhere("new ArrayBuffer(7)") as ArrayBuffer;
      new Uint8Array(buffer).set(Buffer.from("content"));
      return buffer;
    },
    "a view of another realm": () => {
      const view = elsewhere("new DataView(new ArrayBuffer(7))") as DataView;
      Buffer.from(view.buffer).write("content");
      return view;
    },
    "a SharedArrayBuffer": () => {
      const buffer = new SharedArrayBuffer(7);
      Buffer.from(buffer).write("content");
      return buffer;
    },
    "a view of a SharedArrayBuffer": () => {
      const buffer = new SharedArrayBuffer(7);
      Buffer.from(buffer).write("content");
      return new Uint8Array(buffer);
    },
    "node-fetch's Blob": () => new nodeFetch.Blob(["content"]),
    "node-fetch's File": () => new nodeFetch.File(["content"], "a.txt", { type: "text/plain" }),
    "the body of node-fetch's answer": async () =>
      (await fetchOfNodeFetch("data:text/plain,content")).body ?? undefined,
    "the body of undici's answer": async () => (await undici.fetch("data:text/plain,content")).body,
    "a stream of Node": () => createReadStream(join(folder, "a.txt")),
    "a stream of texts": () => Readable.from(["con", "tent"]),
    "an async generator": async function* () {
      yield "con";
      yield Buffer.from("ten");
      yield elsewhere("new DataView(new ArrayBuffer(0))");
      yield new nodeFetch.Blob(["t"]);
    },
    "what has a reader": () => {
      const { body } = new Response("content");
      return { getReader: () => body?.getReader() };
    },
  };

  test.each(Object.entries(files))("%s", async (_, make) => {
    for (const wrap of [(value: unknown) => value, (value: unknown) => ({ deep: [value] })]) {
      const made = make();
      expect(JSON.stringify(await call(wrap(await made)))).toContain("/tmp/a.txt");
      expect(uploads.pop()).toMatch(
        /^multipart\/form-data; boundary=(\S+)\r\n--\1\r\n[^]*\r\n\r\ncontent\r\n--\1--\r\n$/,
      );
    }
  });
});

describe("are refused, and nothing is sent:", () => {
  class Hidden {
    readonly #amount = 5;
    amount(): number {
      return this.#amount;
    }
  }
  const file = new page.File(["content"], "a.txt");
  // As browsers' are; Node's looks through a Proxy.
  const proxy = new Proxy(new Blob(["x"]), {
    get(target, key) {
      if (key === "size") throw new TypeError("Illegal invocation");
      return Reflect.get(target, key, target);
    },
  });
  const loop: Record<string, unknown> = {};
  loop["a"] = loop["b"] = [loop];
  const refused: [string, unknown, RegExp][] = [
    ["a Map", new Map([["a", 1]]), /a Map, .*Object\.fromEntries/],
    ["a Map of another realm", elsewhere("new Map()"), /a Map/],
    ["a Set", new Set([1]), /a Set, .*Array\.from/],
    ["a WeakMap", new WeakMap(), /a WeakMap/],
    ["a RegExp", /x/, /a RegExp/],
    ["a Promise", Promise.resolve("x"), /a Promise, .*await it/],
    ["an Error", new TypeError("x"), /an Error, .*message/],
    ["an Error of another realm", elsewhere("new Error('x')"), /an Error/],
    ["an Error with keys", Object.assign(new Error("x"), { code: "x" }), /an Error/],
    ["a FileList", page.document.querySelector("input")?.files, /a FileList, .*map\(handle_file\)/],
    ["an element", page.document.querySelector("p"), /HTMLParagraphElement/],
    ["a canvas", page.document.querySelector("canvas"), /HTMLCanvasElement, .*toBlob/],
    ["a list of elements", page.document.querySelectorAll("p"), /a NodeList/],
    ["jsdom's File where nothing reads it", file, /a File, .*content cannot be read/],
    ["a Proxy around a Blob", proxy, /a Blob, .*Proxy/],
    ["FormData", new FormData(), /a FormData, .*Object\.fromEntries/],
    ["undici's FormData", new undici.FormData(), /a FormData/],
    ["URLSearchParams", new URLSearchParams("a=b"), /an URLSearchParams, .*Object\.fromEntries/],
    ["Headers", new Headers(), /a Headers/],
    ["a Response", new Response("x"), /a Response, .*blob\(\)/],
    ["node-fetch's Response", new nodeFetch.Response("x"), /Response/],
    ["numbers", new Float32Array([1.5]), /a Float32Array, .*Array\.from.*handle_file/],
    ["big numbers", new BigInt64Array(1), /a BigInt64Array/],
    ["a generator", (function* () {})(), /a Generator/],
    ["a class that hides its values", new Hidden(), /a Hidden/],
    ["a signal", AbortSignal.abort(), /an AbortSignal/],
    ["what is inside of itself", loop, /an Object that is inside of itself/],
    ["what writes itself as nothing", { toJSON: () => undefined }, /nothing/],
    ["what cannot write itself", { toJSON: () => 5n }, /cannot be written as JSON/],
    ["a function", () => {}, /holds a function/],
    ["a BigInt", 5n, /holds a bigint/],
  ];

  test.each(refused)("%s", async (_, value, text) => {
    for (const wrapped of [value, [value], { deep: { value } }]) {
      await expect(call(wrapped)).rejects.toMatchObject({
        name: "ArgumentError",
        message: expect.stringMatching(text),
        execution: "not started",
      });
      await expect(call(wrapped)).rejects.toThrow(/^\/echo: text /);
    }
    expect(app.paths().filter((path) => path.startsWith("POST"))).toEqual([]);
  });

  test.each([
    ["a Map", new Map([["text", "x"]])],
    ["FormData", new FormData()],
    ["a Promise", Promise.resolve(["x"])],
    ["null", null],
  ])("as the arguments: %s", async (_, given) => {
    const client = await Client.connect(app.url);
    expect(() => client.submit("/echo", given as never)).toThrow(
      /\/echo takes its arguments as an array or by name/,
    );
    await client.close();
  });

  test("a stream that brings no bytes", async () => {
    const stream = Readable.from([{ a: 1 }]);
    await expect(call(stream)).rejects.toMatchObject({
      name: "FileError",
      message: expect.stringMatching(/brought an Object/),
      execution: "not started",
    });
  });
});

describe("are sent as JSON:", () => {
  class Point {
    x = 1;
    y = 2;
    *[Symbol.iterator](): Generator<number> {
      yield this.x;
    }
  }
  const values: [string, unknown, unknown][] = [
    ["an object of another realm", elsewhere("({ a: [1, { b: null }] })"), { a: [1, { b: null }] }],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["an empty object", {}, {}],
    ["an empty one of another realm", elsewhere("({})"), {}],
    ["a Date of another realm", elsewhere("new Date(0)"), "1970-01-01T00:00:00.000Z"],
    ["a URL", new URL("http://a.test/"), "http://a.test/"],
    ["jsdom's URL", new page.URL("http://a.test/"), "http://a.test/"],
    ["objects of numbers, texts and truth", [Object(1), Object("a"), Object(true)], [1, "a", true]],
    ["an object of a class", new Point(), { x: 1, y: 2 }],
    ["what occurs twice", ((one) => [one, one])({ a: 1 }), [{ a: 1 }, { a: 1 }]],
  ];

  test.each(values)("%s", async (_, value, expected) => {
    expect(await call(value)).toEqual(expected);
  });
});

describe("a fetch of another package sends files and logs in:", () => {
  const fetches: Record<string, ClientOptions["fetch"]> = {
    undici: undici.fetch as never,
    "node-fetch": fetchOfNodeFetch as never,
  };

  test.each(Object.entries(fetches))("%s", async (_, fetch) => {
    const client = await Client.connect(app.url, { fetch });
    const { data } = await client.predict("/echo", [
      new File(["content"], 'a "1".txt', { type: "text/plain" }),
    ]);
    expect(data[0]).toMatchObject({ path: "/tmp/a.txt" });
    expect(uploads.join()).toContain(
      'name="files"; filename="a %221%22.txt"\r\nContent-Type: text/plain\r\n\r\ncontent',
    );
    expect(await client.read({ path: "/tmp/a.txt" }).text()).toBe("content");
    await client.close();
  });
});

test("in a page of jsdom, whose Blob, File and AbortController are not those of fetch", async () => {
  for (const name of [
    "Blob",
    "File",
    "FormData",
    "FileReader",
    "AbortController",
    "AbortSignal",
    "Headers",
  ] as const)
    vi.stubGlobal(name, page[name]);
  const file = new page.File(["content"], "a.txt", { type: "text/plain" });
  expect(await call({ file })).toMatchObject({ file: { path: "/tmp/a.txt", orig_name: "a.txt" } });
  expect(uploads.join()).toContain('filename="a.txt"\r\nContent-Type: text/plain\r\n\r\ncontent');
});

test("where fetch refuses the page's signals, as Node 24 does, a job is cancelled all the same", async () => {
  const Native = AbortSignal;
  const refuse = (signal: unknown): void => {
    if (signal && !(signal instanceof Native))
      throw new TypeError("Expected signal to be an instance of AbortSignal");
  };
  vi.stubGlobal("AbortController", page.AbortController);
  vi.stubGlobal("AbortSignal", page.AbortSignal);
  const OwnRequest = Request;
  vi.stubGlobal(
    "Request",
    class extends OwnRequest {
      constructor(input: string, init?: RequestInit) {
        refuse(init?.signal);
        super(input, init);
      }
    },
  );
  const asked: string[] = [];
  const fetch: ClientOptions["fetch"] = async (input, init) => {
    refuse(init?.signal);
    asked.push(input);
    return (await globalThis.fetch(input, init as RequestInit)) as never;
  };
  const client = await Client.connect(app.url, { fetch });
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  const held = new Promise<void>(() => {});
  app.joining = held;
  const controller = new AbortController();
  const job = client.predict("/echo", ["x"], undefined, { signal: controller.signal, timeout: 20 });
  await eventually(() => expect(asked.filter((url) => url.endsWith("/join"))).toHaveLength(2));
  controller.abort();
  await expect(job).rejects.toMatchObject({ name: "AbortError" });
  app.joining = Promise.resolve();
  await client.close();
});
