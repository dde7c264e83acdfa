// The tree of errors.

import { expect, test } from "vitest";
import * as errors from "../../src/errors.ts";
import * as hub from "../../src/hub/errors.ts";

const CLASSES = Object.entries(errors).filter(
  (entry): entry is [string, typeof errors.GradlinkError] =>
    typeof entry[1] === "function" && /^[A-Z].*Error$/.test(entry[0]),
);

test.each(CLASSES)("%s has its name, whatever a minifier makes of the class", (name, Class) => {
  const error = new Class("text", undefined as never);
  expect(error.name).toBe(name);
  expect(error.message).toBe("text");
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(errors.GradlinkError);
  expect(errors.isGradlinkError(error)).toBe(true);
  expect(error.stage).toBe("error");
  expect(Object.keys(error)).not.toContain("name");
});

test("a file that is too large and a full queue are not failures of the network", () => {
  expect(new errors.FileTooLargeError("x")).toBeInstanceOf(errors.FileError);
  for (const Class of [errors.FileTooLargeError, errors.QueueError])
    expect(new Class("x")).not.toBeInstanceOf(errors.TransportError);
});

test.each([
  [hub.HubRateLimitError, errors.TooManyRequestsError],
  [hub.HubAuthenticationError, errors.AuthenticationError],
  [hub.SpaceNotFoundError, errors.NotFoundError],
  [hub.SpaceDuplicationError, errors.TransportError],
  [hub.HubError, errors.TransportError],
])("%o is an error of the Hub, and what it is of an app", (Class, kind) => {
  const error = new Class("x");
  for (const base of [hub.HubError, Class, kind, errors.TransportError, errors.GradlinkError])
    expect(error).toBeInstanceOf(base);
});

test("not every error of the Hub is every other", () => {
  class Own extends hub.HubError {}
  expect(new Own("x")).toBeInstanceOf(hub.HubError);
  for (const error of [new hub.HubError("x"), new hub.SpaceNotFoundError("x"), new errors.NotFoundError("x")])
    for (const Class of [Own, hub.SpaceDuplicationError, hub.HubAuthenticationError])
      expect(error).not.toBeInstanceOf(Class);
  expect(new errors.NotFoundError("x")).not.toBeInstanceOf(hub.HubError);
});

test("an error of another copy is told apart from others", () => {
  expect(errors.isGradlinkError({ isGradlinkError: true })).toBe(true);
  expect(errors.isGradlinkError(new Error("x"))).toBe(false);
  expect(errors.isGradlinkError(undefined)).toBe(false);
});

test("facts are fields", () => {
  const cause = new Error("why");
  const error = new errors.TransportError("x", {
    url: "http://a/",
    status: 502,
    execution: "unknown",
    cause,
  });
  expect(error).toMatchObject({ url: "http://a/", status: 502, execution: "unknown", logs: [] });
  expect(error.cause).toBe(cause);
  expect(error.code).toBe("TransportError");
  expect(new errors.ValidationError("x").code).toBe("validation_error");
});
