// Text of an app that is shown cannot act on a terminal, whichever error or description it comes by.

import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { typeOf } from "../../src/describe/typetext.ts";
import * as errors from "../../src/errors.ts";
import { lines, oneLine } from "../../src/escapes.ts";
import * as hubErrors from "../../src/hub/errors.ts";
import { hubError } from "../../src/hub/replies.ts";
import { notRunning, statusOf } from "../../src/hub/stages.ts";
import { dialectOf } from "../../src/protocol/dialect.ts";
import { applyEdits } from "../../src/protocol/diff.ts";
import { appError, streamError } from "../../src/protocol/failures.ts";
import { decodeMessage } from "../../src/protocol/messages.ts";
import { configOfPage } from "../../src/protocol/pages.ts";
import { bind } from "../../src/protocol/payload.ts";
import { eventIdOf, replyError, runOutput, uploadedPaths } from "../../src/protocol/replies.ts";
import { Routes } from "../../src/protocol/routes.ts";
import { checkApp, findEndpoint, readApp } from "../../src/protocol/schema.ts";
import { CONFIG } from "./fixtures.ts";

const HOSTILE =
  "a\u001b]0;title\u0007\u001b[2J\u0000\u007f\u009b\r\u202eb\u2066\u061c\u200f\u2028\u2029\ud800\n\tz";
const SHOWN = String.raw`a\x1b]0;title\x07\x1b[2J\x00\x7f\x9b\r\u202eb\u2066\u061c\u200f\u2028\u2029\ud800`;
// What a terminal or a log may take for more than letters; line feeds and tabs apart.
const UNSAFE = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/u;

type Made = new (message: string) => errors.GradlinkError;
const CLASSES = Object.entries<unknown>({ ...errors, ...hubErrors })
  .filter(([name]) => /^[A-Z].*Error$/.test(name))
  .map(([name, made]) => [name, made as Made] as const);
const OF_APPS = ["AppError", "QuotaExceededError", "ValidationError"];

test("all classes are looked at", () => expect(CLASSES.length).toBeGreaterThan(30));

test.each(CLASSES)("%s shows an app's text without its controls", (name, Class) => {
  const error = new Class(HOSTILE);
  expect(error.message).toBe(OF_APPS.includes(name) ? `${SHOWN}\n\tz` : String.raw`${SHOWN}\n\tz`);
  expect(`${error} ${error.stack}`).not.toMatch(UNSAFE);
});

test("emoji, joiners and every script stay as they are", () => {
  for (const text of ["👩‍👩‍👧 naïve", "שלום, سلام", "नमस्ते", "ja: こんにちは", "a\u200bb\ufeff", ""])
    expect(oneLine(text)).toBe(text);
});

test("any text is safe then, and escaping it again changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(lines(text)).not.toMatch(UNSAFE);
      expect(oneLine(text)).not.toMatch(/\p{Cc}/u);
      expect(oneLine(oneLine(text))).toBe(oneLine(text));
      expect(lines(lines(text))).toBe(lines(text));
    }),
  );
});

/** Return what `act` throws or returns. */
function made(act: () => unknown): errors.GradlinkError {
  try {
    return act() as errors.GradlinkError;
  } catch (error) {
    return error as errors.GradlinkError;
  }
}

describe("errors of what an app said", () => {
  const json = JSON.stringify(HOSTILE);
  const reply = (body: string, status = 200) => ({
    status,
    body,
    url: "http://app/x",
    headers: { get: () => HOSTILE },
  });
  const dialect = dialectOf("sse_v3", "6.0");
  const app = (named: string) =>
    readApp(
      { ...CONFIG, dependencies: [{ id: 0, inputs: [1], outputs: [2], api_name: named }] },
      { named_endpoints: { [`/${named}`]: { parameters: [{ parameter_name: named, label: named }] } } },
    );
  const routes = new Routes("http://app/");
  test.each<[string, () => unknown]>([
    ["a page", () => replyError(reply(HOSTILE, 500), "it")],
    ["a detail", () => replyError(reply(`{"detail":${json}}`, 404), "it")],
    ["details", () => replyError(reply(`{"detail":[{"loc":[${json}],"msg":${json}}]}`, 422), "it")],
    ["an auth_message", () => replyError(reply(`{"detail":{"auth_message":${json}}}`, 401), "it")],
    ["a rate limit", () => replyError(reply(HOSTILE, 429), "it")],
    [
      "a validator",
      () =>
        replyError(
          reply(
            `{"detail":[{"__type__":"validate","is_valid":false,"parameter_name":${json},"message":${json}}]}`,
            422,
          ),
          "it",
        ),
    ],
    ["a join", () => eventIdOf(reply(`{"x":${json}}`))],
    ["an upload", () => uploadedPaths(reply(`[${json}]`), 2)],
    ["a run", () => runOutput(reply(`{"error":${json}}`, 500), dialect, `/${HOSTILE}`)],
    ["a run without data", () => runOutput(reply(`{"x":${json}}`), dialect, `/${HOSTILE}`)],
    ["an error", () => appError({ error: HOSTILE, title: HOSTILE }, undefined, dialect, "/f")],
    [
      "an old error",
      () => appError({ error: `'${HOSTILE}\\x1b'` }, undefined, dialectOf("sse_v3", "4.0"), "/f"),
    ],
    [
      "an error that is not text",
      () => appError({ error: { [HOSTILE]: HOSTILE } }, undefined, dialect, "/f"),
    ],
    ["a hidden error", () => appError({}, undefined, dialect, `/${HOSTILE}`)],
    ["a message", () => decodeMessage(HOSTILE)],
    ["a message without a name", () => decodeMessage(`{"x":${json}}`)],
    [
      "an end of the stream",
      () =>
        streamError({
          msg: "unexpected_error",
          event_id: undefined,
          message: HOSTILE,
          session_not_found: false,
        }),
    ],
    ["an edit", () => applyEdits([], [[HOSTILE, [], 1]])],
    ["a version", () => checkApp({ version: `9${HOSTILE}`, protocol: HOSTILE, dependencies: [] })],
    ["a key of the config", () => checkApp({ [HOSTILE]: 1 })],
    ["the config in a page", () => configOfPage(reply(`window.gradio_config = {${HOSTILE}};`))],
    ["names of endpoints", () => findEndpoint(app(HOSTILE), "/none")],
    ["names of parameters", () => bind(findEndpoint(app(HOSTILE), `/${HOSTILE.trim()}`), [], routes)],
    ["the Hub's error", () => hubError(reply(json, 500), "it")],
    [
      "a Space's error",
      () =>
        notRunning(
          "a/b",
          {
            stage: HOSTILE,
            problem: HOSTILE,
            hardware: undefined,
            requestedHardware: undefined,
            sleepSeconds: undefined,
          },
          "link",
        ),
    ],
  ])("%s", (_, act) => {
    const error = made(act);
    expect(errors.isGradlinkError(error)).toBe(true);
    expect(error.message).not.toMatch(UNSAFE);
    expect(`${error.stack}`).not.toMatch(UNSAFE);
    // As Node shows it, with its fields and what caused it.
    expect(inspect(error, { depth: 9 })).not.toMatch(/[^\P{Cc}\n\t]/u);
  });
});

test("the raw text stays in a field", () => {
  const error = appError({ error: HOSTILE, title: HOSTILE }, undefined, dialectOf("sse_v3", "6.0"), "/f");
  expect(error).toMatchObject({ serverText: HOSTILE, title: HOSTILE, message: `${SHOWN}\n\tz` });
  const reply = { status: 500, body: HOSTILE, url: "http://app/x", headers: { get: () => null } };
  expect(replyError(reply, "it").serverText).toBe(HOSTILE);
  const problem = { __type__: "validate", is_valid: false, parameter_name: HOSTILE, message: HOSTILE };
  const refused = replyError({ ...reply, status: 422, body: JSON.stringify({ detail: [problem] }) }, "it");
  expect(refused).toMatchObject({ problems: [[HOSTILE, HOSTILE]] });
});

test("the types that view_api() gives are safe to print", () => {
  const schema = { properties: { [HOSTILE]: { enum: [HOSTILE] }, a: { const: HOSTILE } } };
  expect(typeOf(schema, "", true)).not.toMatch(UNSAFE);
  expect(statusOf("a/b", HOSTILE, false).message).not.toMatch(UNSAFE);
});
