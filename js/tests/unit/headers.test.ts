// Headers and cookies that a program gives: those that cannot be sent are named at once, without their value.

import { ArgumentError, Client } from "gradlink";
import { expect, test } from "vitest";
import { checkHeaders } from "../../src/protocol/headers.ts";
import { CONFIG, INFO } from "./fixtures.ts";

const NAMES: [name: string, says: string][] = [
  ["", "its name is empty"],
  ["x y", "a name has letters of ASCII, digits and"],
  ["x:", "a name has letters of ASCII, digits and"],
  ["x\n", "a name has letters of ASCII, digits and"],
  ["ü", "a name has letters of ASCII, digits and"],
];
const VALUES: [value: unknown, says: string][] = [
  ["secret\r\nx-evil: 1", "its value has a line break"],
  ["secret\nmore", "its value has a line break"],
  ["secret\0", "its value has the control character U+0000"],
  ["secret\x7f", "its value has the control character U+007F"],
  ["secret€", "its value has letters outside of Latin-1"],
  ["secret\ud800", "its value has letters outside of Latin-1"],
  [{ secret: 1 }, "its value is an object, not a string"],
];

test.each(NAMES)("a name that cannot be sent is shown: %j", (name, says) => {
  const check = () => checkHeaders("headers", { good: "1", [name]: "1" });
  expect(check).toThrow(ArgumentError);
  expect(check).toThrow(`headers: the header ${JSON.stringify(name)} cannot be sent: ${says}`);
});

test.each(VALUES)("a value that cannot be sent is named and not shown: %j", (value, says) => {
  for (const given of [{ "x-own": value }, [["x-own", value]]]) {
    const check = () => checkHeaders("headers", given);
    expect(check).toThrow(ArgumentError);
    expect(check).toThrow(
      new RegExp(`^headers: the header "x-own" cannot be sent: ${says.replace("+", "\\+")}$`),
    );
  }
});

test("of what can be sent there is nothing to say", () => {
  const good = { "x-own": "a\tb üÿ !~", "!#$%&'*+-.^_`|~": "", authorization: "Bearer x==\n", "x-number": 5 };
  checkHeaders("headers", good);
  checkHeaders("headers", Object.entries(good));
  checkHeaders("headers", new Headers({ "x-own": "ü" }));
  checkHeaders("headers", undefined);
});

test("nothing is sent with what cannot be", async () => {
  const asked: string[] = [];
  const fetch = async (url: unknown) => {
    asked.push(String(url));
    return Response.json(String(url).includes("config") ? CONFIG : INFO);
  };
  const bad = { "x-own": "a\nb" };
  for (const options of [{ headers: bad }, { token: "hf_a\nb" }, { cookies: "a=€" }]) {
    const connecting = Client.connect("http://127.0.0.1:9/", { fetch: fetch as never, ...options });
    await expect(connecting).rejects.toMatchObject({ name: "ArgumentError", execution: "not started" });
  }
  expect(asked).toEqual([]);
  const client = await Client.connect("http://127.0.0.1:9/", { fetch: fetch as never });
  const { length } = asked;
  expect(() => client.submit("/echo", ["x"], undefined, { headers: bad })).toThrow('the header "x-own"');
  expect(() => client.submit("/echo", ["x"], null, null, false, bad)).toThrow('the header "x-own"');
  expect(() => client.set_cookies("a=\0")).toThrow('the header "cookie"');
  await expect(client.predict("/echo", ["x"], undefined, { headers: bad })).rejects.toThrow(ArgumentError);
  await expect(client.predict("/echo", ["x"], { n: 1n })).rejects.toThrow("event_data is not JSON");
  expect(asked.length).toBe(length);
  await client.close();
});
