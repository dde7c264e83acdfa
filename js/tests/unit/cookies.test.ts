// The cookies that a client keeps for its app.

import { expect, test } from "vitest";
import { CookieJar } from "../../src/client/login.ts";

const APP = "https://example.org/app/";

test("a value may hold what separates", () => {
  const jar = new CookieJar();
  jar.take(["a=b=c==; Expires=Wed, 21 Oct 2099 07:28:00 GMT; HttpOnly"], APP);
  expect(jar.header(APP)).toBe("a=b=c==");
});

test("a cookie is replaced by the next one of its name, and ended by one that is over", () => {
  const jar = new CookieJar("a=1; b=2");
  jar.take(["a=3", "b=; Max-Age=0"], APP);
  expect(jar.header(APP)).toBe("a=3");
  jar.take(["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], APP);
  expect(jar.header(APP)).toBe("");
});

test("a secure cookie is not sent in the open", () => {
  const jar = new CookieJar();
  jar.take(["a=1; Secure; Path=/", "b=2; Path=/"], APP);
  expect(jar.header("http://example.org/app/")).toBe("b=2");
  expect(jar.header(APP)).toBe("a=1; b=2");
});

test("a path bounds where a cookie goes", () => {
  const jar = new CookieJar();
  jar.take(["a=1; Path=/app", "b=2; Path=/other"], APP);
  expect(jar.header("https://example.org/app/queue/join")).toBe("a=1");
  expect(jar.header("https://example.org/apple")).toBe("");
  expect(jar.header("https://example.org/other")).toBe("b=2");
});

test("what a program hands in is read with or without attributes", () => {
  expect(new CookieJar("a=1; Path=/; HttpOnly; SameSite=lax; c=3").header(APP)).toBe("a=1; c=3");
});
