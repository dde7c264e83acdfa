// What the endpoints of a scripted app give, and what they are given.

import { ArgumentError, EndpointError } from "gradlink";
import {
  type EndpointScript,
  endpoint,
  fakeApp,
  hold,
  logged,
  outputs,
  progressed,
  queued,
  stream,
} from "gradlink/testing";
import { describe, expect, test, vi } from "vitest";
import { using, valuesOf } from "./given.ts";

test.each([["a cat"], [3], [2.5], [true], [null], [[1, "b"]], [{ a: [null] }], [""]])(
  "a value is given whatever the arguments are: %j",
  async (value) => {
    const app = fakeApp({ "/value": value });
    await using(app, async (client) => {
      expect((await client.predict("/value")).data).toEqual([value]);
      expect((await client.predict("/value", ["x", [1], null, 2])).data).toEqual([value]);
    });
    expect(app.calls).toEqual([
      { endpoint: "/value", arguments: {} },
      {
        endpoint: "/value",
        arguments: { argument_1: "x", argument_2: [1], argument_3: null, argument_4: 2 },
      },
    ]);
  },
);

test("several outputs are several values", async () => {
  const app = fakeApp({
    "/value": outputs("a", null, [1]),
    "/stream": stream(outputs("a", 1), outputs("ab", 1)),
    "/function": endpoint(() => outputs("c", 2), { outputs: 2 }),
    "/array": endpoint(() => ["c", 2], { outputs: 2 }),
    "/none": endpoint(() => {}, { outputs: 0 }),
  });
  await using(app, async (client) => {
    expect((await client.predict("/value")).data).toEqual(["a", null, [1]]);
    expect(await valuesOf(client.submit("/stream"))).toEqual([
      ["a", 1],
      ["ab", 1],
    ]);
    expect((await client.predict("/function")).data).toEqual(["c", 2]);
    expect((await client.predict("/array")).data).toEqual(["c", 2]);
    expect((await client.predict("/none")).data).toEqual([]);
  });
});

test("a function takes its arguments in their order", async () => {
  const app = fakeApp({ "/add": (a: number, b = 2) => a + b });
  await using(app, async (client) => {
    expect((await client.predict("/add", [1])).data).toEqual([3]);
    expect((await client.predict("/add", { b: 5, a: 1 })).data).toEqual([6]);
    await expect(client.predict("/add", { a: 1, d: 2 })).rejects.toThrow(/no parameter "d"/);
    await expect(client.predict("/add")).rejects.toThrow(ArgumentError);
    await expect(client.predict("/ad", [1])).rejects.toThrow(EndpointError);
  });
  expect(app.calls).toEqual([
    { endpoint: "/add", arguments: { a: 1, b: 2 } },
    { endpoint: "/add", arguments: { a: 1, b: 5 } },
  ]);
  app.forget();
  expect(app.calls).toEqual([]);
});

test("a function that takes an object apart takes its arguments by name", async () => {
  const app = fakeApp({ "/add": ({ a, b = 2 }: { a: number; b?: number }) => a + b });
  await using(app, async (client) => {
    expect((await client.predict("/add", { a: 1 })).data).toEqual([3]);
    expect((await client.predict("/add", [1, 5])).data).toEqual([6]);
    await expect(client.predict("/add", { d: 2 })).rejects.toThrow(/no parameter "d"/);
  });
  expect(app.calls.map((call) => call.arguments)).toEqual([
    { a: 1, b: 2 },
    { a: 1, b: 5 },
  ]);
});

test("a default that is no JSON is the function's own", async () => {
  const fallback = { text: "none" };
  const app = fakeApp({ "/say": (text = fallback.text, times = 1 + 1) => text.repeat(times) });
  await using(app, async (client) => {
    expect((await client.predict("/say")).data).toEqual(["nonenone"]);
    expect((await client.predict("/say", { times: 1 })).data).toEqual(["none"]);
  });
  expect(app.calls.map((call) => call.arguments)).toEqual([{}, { times: 1 }]);
});

test("a function may change what it is given", async () => {
  const app = fakeApp({ "/empty": (items: number[]) => items.splice(0).length });
  await using(app, async (client) => {
    expect((await client.predict("/empty", [[1, 2]])).data).toEqual([2]);
  });
  expect(app.calls).toEqual([{ endpoint: "/empty", arguments: { items: [1, 2] } }]);
});

test("an async function may await, and generators stream", async () => {
  const app = fakeApp({
    "/later": async (text: string) => `${await Promise.resolve(text)}!`,
    *"/count"(to: number) {
      for (let number = 0; number < to; number++) yield number;
    },
    async *"/letters"(text: string) {
      for (const [index] of [...text].entries()) yield await Promise.resolve(text.slice(0, index + 1));
    },
    "/say": (text: string) => stream(text, text + text),
    "/nothing": () => {},
  });
  await using(app, async (client) => {
    expect((await client.predict("/later", ["a"])).data).toEqual(["a!"]);
    expect(await valuesOf(client.submit("/count", [3]))).toEqual([0, 1, 2]);
    expect(await valuesOf(client.submit("/letters", { text: "abc" }))).toEqual(["a", "ab", "abc"]);
    expect(await valuesOf(client.submit("/say", ["a"]))).toEqual(["a", "aa"]);
    expect((await client.predict("/nothing")).data).toEqual([null]);
    const { named_endpoints } = await client.view_api();
    expect(named_endpoints["/letters"]?.type.generator).toBe(true);
    expect(named_endpoints["/later"]?.type.generator).toBe(false);
  });
});

test("text is added as a server adds it", async () => {
  const app = fakeApp({ "/chat": stream("He", "Hell", "Hello", "Bye"), "/empty": stream() });
  await using(app, async (client) => {
    const added: string[] = [];
    for await (const text of client.submit("/chat").deltas()) added.push(text);
    expect(added.slice(0, 3)).toEqual(["He", "ll", "o"]);
    expect(await valuesOf(client.submit("/chat"))).toEqual(["He", "Hell", "Hello", "Bye"]);
    expect((await client.predict("/empty")).data).toEqual([null]);
  });
});

test("the functions of test runners take what comes", async () => {
  const spy = vi.fn((image: string, style: string) => `${image} ${style}`);
  const app = fakeApp({ "/spied": spy, "/named": endpoint(spy, { parameters: ["image", "style"] }) });
  await using(app, async (client) => {
    expect((await client.predict("/spied", ["cat", "plain"])).data).toEqual(["cat plain"]);
    expect((await client.predict("/named", { style: "loud", image: "cat" })).data).toEqual(["cat loud"]);
  });
  expect(spy.mock.calls).toEqual([
    ["cat", "plain"],
    ["cat", "loud"],
  ]);
});

/** Some functions whose source is written in another way than usual. */
const WRITTEN: [source: string, names: string[], optional: string[]][] = [
  ["(a, b) => a", ["a", "b"], []],
  ["a => a", ["a"], []],
  ["async a => a", ["a"], []],
  ["async => 1", ["async"], []],
  ["async(a) => a", ["a"], []],
  ["() => 1", [], []],
  ["function (a /* one, two */, b = 1,) { return a }", ["a", "b"], ["b"]],
  ["function* named(a, // of it (all)\n b) {}", ["a", "b"], []],
  ["async function* named(a) {}", ["a"], []],
  ["({ '/x(,'(a) {} })['/x(,']", ["a"], []],
  ["({ async *[`b(`.slice(0, 1)](a, b) {} }).b", ["a", "b"], []],
  ["({ a, b: c = ')', 'd-e': f, g: { h } = {} } = {}) => a", ["a", "b", "d-e", "g"], ["b", "g"]],
  ["({ a }, context) => a", ["a"], []],
  ["(a, { signal }) => a", ["a"], []],
  ["(a = ',', b = (1, 2), c = [3, { d: 4 }], e = () => 5) => a", ["a", "b", "c", "e"], ["a", "b", "c", "e"]],
  ["(größe, $b, _c) => 1", ["größe", "$b", "_c"], []],
];

test.each(WRITTEN)("the parameters of %s", async (source, names, optional) => {
  const app = fakeApp({ "/f": new Function(`return ${source}`)() });
  const { parameters } = await using(app, async (client) => {
    const { named_endpoints } = await client.view_api();
    return named_endpoints["/f"] ?? { parameters: [] };
  });
  expect(parameters.map((one) => one.parameter_name)).toEqual(names);
  const missable = parameters.filter((one) => one.parameter_has_default).map((one) => one.parameter_name);
  expect(missable).toEqual(optional);
});

test("callers see what is said of an endpoint", async () => {
  const app = fakeApp({
    "/add": endpoint((a, b) => a + b, { defaults: { b: 3 }, description: "Adds.", outputs: 1 }),
    "/both": outputs("a", 2.5),
  });
  await using(app, async (client) => {
    const { named_endpoints } = await client.view_api();
    expect(named_endpoints["/add"]).toMatchObject({
      description: "Adds.",
      parameters: [{ parameter_name: "a" }, { parameter_name: "b", parameter_default: 3 }],
    });
    expect(named_endpoints["/both"]?.returns.map(({ type }) => type)).toEqual(["string", "number"]);
    expect((await client.predict("/add", { a: 1 })).data).toEqual([4]);
  });
});

describe("what cannot be played is refused at once", () => {
  const f = (a: number): number => a;
  test.each<[string, EndpointScript, RegExp]>([
    ["caption", "a cat", /begins with a slash/],
    ["/", "a cat", /begins with a slash/],
    ["/a", new Map(), /\/a: a value holds a Map/],
    ["/a", stream(1, new Set()), /\/a: a value holds a Set/],
    ["/a", queued({ at: 1, then: new Set() }), /\/a: a value holds a Set/],
    ["/a", stream(outputs(1, 2), 3), /\/a: it has 2 outputs, and gave 3/],
    ["/a", stream(stream(1)), /\/a: stream\(\) cannot stand/],
    ["/a", stream(endpoint(f)), /\/a: endpoint\(\) cannot stand/],
    ["/a", hold(), /\/a: hold\(\) stands in a stream/],
    ["/a", progressed(1), /\/a: progressed\(\) stands in a stream/],
    ["/a", logged("a"), /\/a: logged\(\) stands in a stream/],
    ["/a", ({ a, ...more }: { a: number }) => [a, more], /parameters.*in the place of \.\.\.more/],
    ["/a", (a: number, ...more: number[]) => [a, more], /parameters.*in the place of \.\.\.more/],
    ["/a", Math.max, /parameters of max are not known/],
    ["/a", f.bind(undefined), /parameters of bound f are not known/],
    ["/a", class A {}, /parameters of A are not known/],
    ["/a", endpoint(f, { defaults: { b: 1 } }), /default of "b", which is no parameter: a/],
    ["/a", endpoint(f, { defaults: { a: f } }), /default of a is no JSON, but the function f/],
  ])("%s", (name, script, said) => {
    expect(() => fakeApp({ [name]: script })).toThrow(ArgumentError);
    expect(() => fakeApp({ [name]: script })).toThrow(said);
  });

  test("where it is written", () => {
    expect(() => queued({ at: -1 })).toThrow(/0 or more, not -1/);
    expect(() => logged("a", "loud" as "info")).toThrow(/not "loud"/);
    expect(() => endpoint("f" as never)).toThrow(/takes a function, not "f"/);
    expect(() => endpoint(f, { outputs: 1.5 })).toThrow(/outputs is how many.*not 1\.5/);
  });
});

test.each<[() => unknown, RegExp]>([
  [() => new Map(), /\/wrong: a value holds a Map, which JSON cannot hold: give Object/],
  [() => [1, () => {}], /holds a function/],
  [() => outputs(1, 2), /write endpoint\(f, \{ outputs: 2 \}\)/],
  [() => stream(1, stream(2)), /stream\(\) cannot stand inside/],
  [() => stream(outputs(1, 2)), /write endpoint/],
  [() => queued({ at: 1, then: 2 }), /has begun to run waits no more/],
])("a result that is none says why: %s", async (script, said) => {
  await using(fakeApp({ "/wrong": script }), async (client) => {
    await expect(client.predict("/wrong")).rejects.toMatchObject({ name: "AppError" });
    await expect(client.predict("/wrong")).rejects.toThrow(said);
  });
});
