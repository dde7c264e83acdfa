// How Spaces are named, and whose answers of the Hub mean what.

import { describe, expect, test } from "vitest";
import { spaceReference } from "../../src/hub/names.ts";
import { hubError, readSpace } from "../../src/hub/replies.ts";

describe("a Space is", () => {
  test.each([
    ["me/app", { space_id: "me/app" }],
    [" me/My_App.2/ ", { space_id: "me/My_App.2" }],
    ["spaces/me/app", { space_id: "me/app" }],
    ["https://huggingface.co/spaces/me/app", { space_id: "me/app" }],
    ["https://www.huggingface.co/spaces/me/app/tree/main?x=1#y", { space_id: "me/app" }],
    ["huggingface.co/spaces/me/app", { space_id: "me/app" }],
    ["https://hf.co/spaces/me/app", { space_id: "me/app" }],
    ["http://localhost:5000/spaces/me/app", { space_id: "me/app" }],
    ["https://Me-App.hf.space/?a=1", { base: "https://me-app.hf.space/", subdomain: "me-app" }],
    ["https://me-app.hf.space/sub", { base: "https://me-app.hf.space/sub/", subdomain: "me-app" }],
  ])("%s", (typed, expected) => {
    expect(spaceReference(typed, "http://localhost:5000")).toEqual(expected);
  });
});

test.each([
  "http://me-app.hf.space",
  "https://user:password@me-app.hf.space",
  "https://me-app.hf.space.example.org",
  "https://hf.space",
  "https://huggingface.co/me/app",
  "https://0123456789.gradio.live",
  "http://127.0.0.1:7860/spaces/me/app",
  "localhost:7860",
  "localhost/app",
  "127.0.0.1/app",
  "me/app/more",
  "http://",
  "",
])("another app, or none: %s", (typed) => {
  expect(spaceReference(typed)).toBeUndefined();
});

test("a Space without a host is at the host of its own", () => {
  expect(readSpace({ id: "me/new", subdomain: "me-new", private: true }, "me/old")).toEqual({
    space_id: "me/new",
    host: "https://me-new.hf.space",
    isPrivate: true,
    runtime: {
      stage: "RUNNING",
      hardware: undefined,
      requestedHardware: undefined,
      sleepSeconds: undefined,
      problem: undefined,
    },
  });
});

test.each([
  [401, "HubAuthenticationError", "it: the Hugging Face Hub (https://hub/x) answered 401: why"],
  [402, "HubError", "it: the Hugging Face Hub (https://hub/x) answered 402: payment required (why)"],
  [
    403,
    "HubError",
    "it: the Hugging Face Hub (https://hub/x) answered 403: the token lacks the permission for this (why)",
  ],
  [418, "HubError", "it: the Hugging Face Hub (https://hub/x) answered 418: why"],
  [
    429,
    "HubRateLimitError",
    "it: the Hugging Face Hub (https://hub/x) answered 429: too many requests, try again later (why)",
  ],
  [
    500,
    "HubError",
    "it: the Hugging Face Hub (https://hub/x) answered 500: it is not available at the moment (why)",
  ],
])("what a refusal means: %i", (status, name, message) => {
  const headers = new Headers({ "x-error-code": "Some" });
  const error = hubError(
    { status, url: "https://hub/x?__sign=secret", headers, body: '{"error":"why"}' },
    "it",
  );
  expect(error).toMatchObject({ name, message, status, hubCode: "Some", serverText: "why" });
});
