// Whatever JSON an app says, wherever it says it: a value comes of it, or an error of gradlink, and nothing else.

import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { describe as describeApp } from "../../src/describe/describe.ts";
import { typeOf } from "../../src/describe/typetext.ts";
import { isGradlinkError } from "../../src/errors.ts";
import { dialectOf } from "../../src/protocol/dialect.ts";
import { applyEdits } from "../../src/protocol/diff.ts";
import { fileAddress, fileName, findFiles, replaceFiles } from "../../src/protocol/files.ts";
import { JobTracker } from "../../src/protocol/job.ts";
import {
  asObject,
  decode,
  isDeeper,
  type JsonObject,
  type JsonValue,
  keepAppId,
  MAX_NESTING,
} from "../../src/protocol/jsonvalue.ts";
import { decodeMessage, type Message, unreadable } from "../../src/protocol/messages.ts";
import { OutputWalk } from "../../src/protocol/outputs.ts";
import { configOfPage, pageOf } from "../../src/protocol/pages.ts";
import { bind } from "../../src/protocol/payload.ts";
import { refuseBatch } from "../../src/protocol/quirks.ts";
import { RepeatDecoder } from "../../src/protocol/repeats.ts";
import { eventIdOf, replyError, runOutput, uploadedPaths } from "../../src/protocol/replies.ts";
import { normalise, Routes } from "../../src/protocol/routes.ts";
import { type AppSchema, checkApp, type Endpoint, readApp, withRendered } from "../../src/protocol/schema.ts";
import { TextWalk } from "../../src/protocol/text.ts";
import type { Config } from "../../src/types.ts";
import { anyJson, HOSTILE, isPolluted, valueOrError } from "../server/untrusted.ts";
import { CONFIG, INFO } from "../unit/fixtures.ts";

const ROUTES = new Routes("http://app/", "/gradio_api");
const RUNS = { numRuns: 300 };

afterEach(() => expect(isPolluted()).toBe(false));

/** Return `value` with `part` at a place in it: where `choose` leads. */
function planted(value: JsonValue, part: JsonValue, choose: () => number): JsonValue {
  if (typeof value !== "object" || !value) return part;
  const keys = Object.keys(value);
  const pick = choose() % (keys.length + 1);
  const key = keys[pick];
  if (key === undefined) return part;
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as JsonObject;
  copy[key] = planted(copy[key] as JsonValue, part, choose);
  return copy;
}

/** What an honest app says, with something else in one or two places. */
function broken(honest: JsonValue): fc.Arbitrary<JsonObject> {
  const way = fc.array(fc.nat({ max: 40 }), { minLength: 12, maxLength: 12 });
  return fc.array(fc.tuple(anyJson, way), { minLength: 1, maxLength: 2 }).map((parts) =>
    asObject(
      parts.reduce<JsonValue>((value, [part, steps]) => {
        const left = [...steps];
        return planted(value, part, () => left.pop() ?? 0);
      }, honest),
    ),
  );
}

test.each(Object.keys(HOSTILE))("any text is decoded, or refused: %s", (name) => {
  const text = HOSTILE[name] as string;
  const found = valueOrError(() => decode(keepAppId(text), "it"));
  if (name.startsWith("deep")) expect(found).toMatchObject({ name: "ProtocolError" });
  else expect(isGradlinkError(found)).toBe(false);
});

test("values are as deep as they may be, and no deeper", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  for (const depth of [1, MAX_NESTING - 1, MAX_NESTING])
    expect(isDeeper(decode(nested(depth), "it"), depth - 1)).toBe(true);
  expect(() => decode(nested(MAX_NESTING + 1), "it")).toThrow(/nested more than 500 deep/);
  expect(() => decode(`{"a":${nested(MAX_NESTING)}}`, "it")).toThrow(/nested more than 500 deep/);
});

/** Read an app as `connect` does, and use everything that it describes. */
function readAll(config: JsonObject, info: JsonObject | undefined): void {
  valueOrError(() => checkApp(config));
  const schema = readApp(config, info);
  describeApp(schema);
  for (const endpoint of schema.endpoints.values()) {
    const values = Object.fromEntries(endpoint.parameters.map(({ name }) => [name, "x"]));
    valueOrError(() => bind(endpoint, values, ROUTES));
    valueOrError(() => bind(endpoint, [], ROUTES));
    valueOrError(() => refuseBatch(endpoint, schema.dialect));
  }
  new Routes("http://app/", typeof config["api_prefix"] === "string" ? config["api_prefix"] : "");
  for (const page of ["", "second", "__proto__", "http://app/second"])
    pageOf(config as unknown as Config, page);
}

test("any /config and /info are read and described", () => {
  const config = {
    ...CONFIG,
    page: { second: { layout: {}, components: [1], dependencies: [0] } },
    root: "http://app",
  };
  fc.assert(fc.property(broken(config), fc.option(broken(INFO), { nil: undefined }), readAll), RUNS);
});

test("any JSON at all is read as a /config", () => {
  fc.assert(fc.property(anyJson.map(asObject), anyJson.map(asObject), readAll), RUNS);
});

const MESSAGES: JsonValue[] = [
  { msg: "process_completed", event_id: "e", success: true, output: { data: ["x"], average_duration: 1 } },
  {
    msg: "process_completed",
    event_id: "e",
    success: false,
    title: "T",
    output: { error: "x", duration: 1, title: "T" },
  },
  { msg: "process_generating", event_id: "e", success: true, output: { data: [[["append", [0], "x"]]] } },
  {
    msg: "process_generating",
    event_id: "e",
    success: true,
    output: { data: ["x"], render_config: { components: [], dependencies: [{ id: 7 }] } },
  },
  { msg: "estimation", event_id: "e", rank: 0, queue_size: 1, rank_eta: 0.1 },
  {
    msg: "progress",
    event_id: "e",
    progress_data: [{ index: 1, length: 2, unit: "steps", progress: null, desc: "d" }],
  },
  { msg: "log", event_id: "e", log: "x", level: "info", title: "T", duration: 1, visible: true },
  { msg: "unexpected_error", event_id: "e", message: "x", session_not_found: true },
];

/** Take a message as the reader of a stream does, and look at all that it brings. */
function take(text: string, tracker: JobTracker): void {
  const message = valueOrError((): Message => {
    try {
      return decoder.decode(text);
    } catch (error) {
      return unreadable(text, error);
    }
  });
  if (message instanceof Error) return;
  tracker.receive(message);
  if ("output" in message && message.output["render_config"]) {
    const schema = readApp(CONFIG as JsonObject, INFO as JsonObject);
    withRendered(schema as AppSchema, asObject(message.output["render_config"]), "s");
  }
}
const decoder = new RepeatDecoder();

test("any message is taken, and the values that come of it are walked through", () => {
  const said = fc.array(
    fc
      .constantFrom(...MESSAGES)
      .chain(broken)
      .map((value) => JSON.stringify(value)),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(said, fc.constantFrom("6.31.0", "4.20.0", "3.50.0"), (messages, version) => {
      const tracker = new JobTracker({
        api_name: "/f",
        generator: true,
        dialect: dialectOf("sse_v3", version),
      });
      for (const text of messages) take(text, tracker);
      const [walk, letters] = [new OutputWalk(), new TextWalk()];
      for (const update of tracker.updates) {
        const output = walk.advance(update);
        if (!output) continue;
        letters.advance(output);
        findFiles(output.data);
        replaceFiles(output.data, dialectOf("sse_v3", version), (data) => {
          fileName(data);
          return fileAddress(ROUTES, data)[0];
        });
      }
      expect(tracker.outcome?.kind === "failed" ? isGradlinkError(tracker.outcome.error) : true).toBe(true);
    }),
    { numRuns: 600 },
  );
});

test.each(Object.keys(HOSTILE))("a message with it in any place ends its job at most: %s", (name) => {
  const part = HOSTILE[name] as string;
  for (const place of [
    "output",
    "error",
    "data",
    "title",
    "log",
    "progress_data",
    "render_config",
    "duration",
  ]) {
    for (const msg of ["process_completed", "process_generating", "log", "progress"]) {
      const tracker = new JobTracker({
        api_name: "/f",
        generator: true,
        dialect: dialectOf("sse_v3", "5.0"),
      });
      const inner = place === "output" ? part : `{"data":["x"],"${place}":${part}}`;
      take(`{"msg":"${msg}","event_id":"e","success":false,"${place}":${part},"output":${inner}}`, tracker);
      if (name.startsWith("deep"))
        expect(tracker.outcome).toMatchObject({ error: { name: "ProtocolError" } });
    }
  }
});

test("what cannot be read ends the job that it names, and is thrown where it names none", () => {
  const text = `{"msg":"process_completed","event_id":"e7","output":${HOSTILE["deep list"]}}`;
  expect(() => decodeMessage(text)).toThrow(/nested/);
  expect(
    unreadable(
      text,
      valueOrError(() => decodeMessage(text)),
    ),
  ).toMatchObject({ event_id: "e7", isEnd: true });
  const nobody = text.replace('"e7"', "null");
  const error = valueOrError(() => decodeMessage(nobody));
  expect(() => unreadable(nobody, error)).toThrow(error as Error);
});

test("edits never make a value deeper than twice the bound", () => {
  const leaf = decode("[".repeat(MAX_NESTING) + "]".repeat(MAX_NESTING), "it");
  const path: JsonValue[] = Array(MAX_NESTING - 1).fill(0);
  let value = leaf;
  for (let round = 0; round < 5; round++) value = applyEdits(value, [["replace", path, leaf]]);
  expect(isDeeper(value, 2 * MAX_NESTING)).toBe(false);
  expect(() => applyEdits(value, [["replace", [...path, 0, 0], leaf]])).toThrow(/more than 500 steps/);
});

/** Read an answer as everything that gets one does. */
function readReply(body: string, status: number): void {
  const dialect = dialectOf("sse_v3", "6.31.0");
  const reply = { status, url: "http://app/x", headers: { get: () => body.slice(0, 5000) } };
  for (const said of [
    body,
    `{"detail":${body}}`,
    `{"detail":[{"loc":[${body}],"msg":${body}}]}`,
    `{"error":${body}}`,
  ]) {
    const given = { ...reply, body: said };
    valueOrError(() => eventIdOf(given));
    valueOrError(() => uploadedPaths(given, 1));
    valueOrError(() => runOutput(given, dialect, "/f"));
    expect(isGradlinkError(replyError(given, "it"))).toBe(true);
  }
  valueOrError(() => configOfPage({ ...reply, body: `window.gradio_config = ${body};` }));
}
const STATUSES = [200, 400, 401, 413, 422, 429, 500, 503];

test("any answer to a request is read or refused", () => {
  const bodies = fc.oneof(
    fc.string(),
    anyJson.map((value) => JSON.stringify(value)),
  );
  fc.assert(fc.property(bodies, fc.constantFrom(...STATUSES), readReply), RUNS);
  for (const body of Object.values(HOSTILE)) for (const status of [200, 422, 500]) readReply(body, status);
});

test("any schema has a type", () => {
  fc.assert(
    fc.property(anyJson.map(asObject), fc.boolean(), (schema, isInput) => {
      expect(typeof typeOf(schema, "Image", isInput)).toBe("string");
    }),
    { numRuns: 1000 },
  );
});

test("any value that an app has returned may be given to the next call", () => {
  const schema = readApp(CONFIG as JsonObject, INFO as JsonObject);
  const [endpoint] = schema.endpoints.values();
  const file = { path: "", url: "data:text/plain,x", orig_name: "x", meta: { _type: "gradio.FileData" } };
  fc.assert(
    fc.property(fc.oneof(anyJson, broken(file)), (value) => {
      const bound = valueOrError(() => bind(endpoint as Endpoint, [value], ROUTES));
      if (bound instanceof Error) return;
      for (const { file } of bound.uploads) expect(typeof file.name).toBe("string");
    }),
    { numRuns: 1000 },
  );
});

test("any api_prefix stays at the app's origin", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.constantFrom("//evil/", "\\\\evil", "..//..", "?", "#", "@evil"),
      ),
      (prefix) => {
        const routes = new Routes(normalise("http://app:7/"), prefix);
        expect(new URL(routes.stream("s\ud800")).origin).toBe("http://app:7");
      },
    ),
    RUNS,
  );
});
