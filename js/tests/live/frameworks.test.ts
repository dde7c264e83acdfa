// Results go through what frameworks send from server to page, and back: React, SvelteKit and Nuxt, Vue.

import { fileURLToPath } from "node:url";
import { type Client, FileData, handle_file, type PredictReturn, prepare_files } from "gradlink";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { expectSuccess, ROOT, run } from "../package/commands.ts";
import { type Server, server } from "../server/servers.ts";
import { connect } from "./given.ts";

interface Flight {
  createFromReadableStream(stream: ReadableStream, options: object): Promise<unknown>;
  encodeReply(value: unknown): Promise<string | FormData>;
}

interface Devalue {
  stringify(value: unknown): string;
  parse(text: string): never;
  uneval(value: unknown): string;
}

interface Vue {
  ref<T>(value: T): { value: T };
  reactive<T>(value: T): T;
}

// Their types want a newer language than ours, or there are none.
const devalue = (await import("devalue" as string)) as Devalue;
const { reactive, ref } = (await import("@vue/reactivity" as string)) as Vue;
const flight = (await import("react-server-dom-webpack/client.edge" as string)) as Flight;

let base: Server;
let client: Client;
let result: PredictReturn<[FileData]>;

beforeAll(async () => {
  base = await server();
});

async function made(): Promise<void> {
  client = await connect(base.url);
  result = await client.predict<[FileData]>("/make_file", ["a.txt", "content"]);
}

/** Tell whether a value is made of what JSON and structured clones keep: no class, no hidden property. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (Object.getOwnPropertySymbols(value).length) return false;
  const isList = Array.isArray(value);
  if (Object.getPrototypeOf(value) !== (isList ? Array.prototype : Object.prototype)) return false;
  return Object.entries(Object.getOwnPropertyDescriptors(value)).every(
    ([key, { enumerable, value: inner }]) => (isList && key === "length") || (enumerable && isPlain(inner)),
  );
}

describe("files are plain data", () => {
  const files: Record<string, () => Promise<unknown>> = {
    "of predict": async () => result.data,
    "of predict, in a list": async () => (await client.predict("/make_files", [2])).data,
    "of result": async () => (await client.submit("/make_file", ["a.txt", "x"]).result()).data,
    "of the events of a job": async () => {
      for await (const event of client.submit("/make_file", ["a.txt", "x"]))
        if (event.type === "data") return event.data;
      return undefined;
    },
    "of upload": async () => {
      const [file] = await prepare_files([new File(["x"], "a.txt")]);
      const { blob: _, ...uploaded } = (await client.upload([file as FileData]))?.[0] ?? {};
      return [uploaded];
    },
    "of handle_file, by address": async () => [handle_file("https://example.org/a.txt")],
  };

  test.each(Object.entries(files))("%s", async (_, make) => {
    await made();
    const values = (await make()) as unknown[];
    expect(values.flat()[0]).toBeInstanceOf(FileData);
    expect(isPlain(values)).toBe(true);
    expect(structuredClone(values)).toEqual(values);
    expect(JSON.parse(JSON.stringify(values))).toEqual(values);
  });
});

describe("a copy of a file is as good as the file:", () => {
  const copies: Record<string, (file: FileData) => FileData> = {
    structuredClone,
    JSON: (file) => JSON.parse(JSON.stringify(file)),
    spread: (file) => ({ ...file }),
    "a ref() of Vue": (file) => ref(file).value,
    "a reactive() of Vue": (file) => reactive({ list: [file] }).list[0] as FileData,
    "a Proxy": (file) => new Proxy(file, {}),
    devalue: (file) => devalue.parse(devalue.stringify(file)),
  };

  test.each(Object.entries(copies))("%s", async (_, copy) => {
    await made();
    const file = copy(result.data[0]);
    expect(file).toBeInstanceOf(FileData);
    // By another client of the app, as after a reload of the page.
    const other = await connect(base.url);
    expect(await other.read(file).text()).toBe("content");
    const { data } = await other.predict<[FileData]>("/file_upper", [file]);
    expect(await other.read(data[0]).text()).toBe("CONTENT");
  });
});

test("SvelteKit's load and Nuxt's useAsyncData send them: devalue", async () => {
  await made();
  expect(devalue.parse(devalue.stringify(result))).toEqual(result);
  expect(devalue.uneval(result.data)).toContain("a.txt");
});

test("server components of React send them, without a warning", async () => {
  const script = fileURLToPath(new URL("flight.ts", import.meta.url));
  const options = [
    "--conditions",
    "react-server",
    "--no-warnings",
    "--import",
    `${ROOT}tools/typescript.mjs`,
  ];
  const printed = await expectSuccess(run(process.execPath, [...options, script, base.url]));
  const { text, said } = JSON.parse(printed) as { text: string; said: string[] };
  expect(said).toEqual([]);
  const stream = new Response(text).body as ReadableStream;
  const consumer = { moduleMap: null, serverModuleMap: null, moduleLoading: null };
  const [one, more] = (await flight.createFromReadableStream(stream, {
    serverConsumerManifest: consumer,
  })) as PredictReturn<[FileData]>[];
  await made();
  expect(await client.read(one?.data[0] as FileData).text()).toBe("content");
  expect(more?.data.flat()).toHaveLength(2);
});

test("server actions of React take them", async () => {
  await made();
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await flight.encodeReply([result, handle_file("https://example.org/a.txt")])).toContain("a.txt");
  expect(error).not.toHaveBeenCalled();
  error.mockRestore();
});
