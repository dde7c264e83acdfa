// What a program that gives a logger sees of its calls.

import { expect, test } from "vitest";
import { server } from "../server/servers.ts";
import { connect, failureOf, newKey } from "./given.ts";

/** Return a logger, and what it is told. */
function logger(): { info: string[]; debug: string[]; logger: object } {
  const [info, debug]: [string[], string[]] = [[], []];
  return {
    info,
    debug,
    logger: { info: (text: string) => info.push(text), debug: (text: string) => debug.push(text) },
  };
}

const TIMES = String.raw`after \d+\.\d\d s \(\d+\.\d\d s in the queue, \d+\.\d\d s running, event \w{32}\)`;

test("a call is one line when it has returned", async () => {
  const log = logger();
  const base = await server();
  const client = await connect(base.url, { logger: log.logger, headers: { "x-secret": "SECRET" } });
  await client.predict("/echo", ["SECRET"]);
  await failureOf(() => client.predict("/err", ["x"]));
  await client.predict("/fast", ["SECRET"]);
  await client.predict("/count", ["x", 3]);
  expect(log.info).toHaveLength(4);
  expect(log.info[0]).toMatch(new RegExp(`^gradlink: /echo: succeeded ${TIMES}$`));
  expect(log.info[1]).toMatch(new RegExp(`^gradlink: /err: failed with AppError ${TIMES}: user error: x$`));
  expect(log.info[2]).toMatch(/^gradlink: \/fast: succeeded after \d+\.\d\d s$/);
  expect(log.info[3]).toMatch(/^gradlink: \/count: succeeded after .* running, 3 values, event \w{32}\)$/);
  expect([...log.info, ...log.debug].join()).not.toContain("SECRET");
});

test("its story is there for who wants it, and each request", async () => {
  const log = logger();
  const base = await server();
  const client = await connect(base.url, { logger: log.logger });
  expect(log.debug).toContain(`gradlink: GET ${base.url}config: 200`);
  const before = log.debug.length;
  const key = newKey();
  const job = client.submit("/gategen", [key, 2]);
  await base.openGate(key);
  await job.next();
  await job.cancel();
  await failureOf(() => job.result());
  const story = log.debug.slice(before).filter((text) => text.includes("/gategen"));
  expect(story.map((text) => text.replace(/\d+\.\d\d s/, "T").replace(/\w{32}/, "ID"))).toEqual([
    "gradlink: /gategen: called",
    "gradlink: /gategen: accepted as event ID, T after the call",
    expect.stringMatching(/in the queue, 0 before it, \d+ in all, T after the call$/),
    "gradlink: /gategen: running, T after the call",
    "gradlink: /gategen: its first value has come, T after the call",
  ]);
  expect(log.info).toEqual([
    expect.stringMatching(/^gradlink: \/gategen: cancelled after .* 1 value, event \w{32}\)$/),
  ]);
});

test("what is tried again is told", async () => {
  const log = logger();
  const base = await server();
  const client = await connect(base.url, { logger: log.logger, retries: { count: 1, baseSeconds: 0.01 } });
  await base.answer("/gradio_api/queue/join", 429, "slower", {}, 2);
  await failureOf(() => client.predict("/echo", ["x"]));
  expect(log.info).toHaveLength(2);
  expect(log.info[0]).toMatch(
    /^gradlink: trying again within \d+\.\d s, for the time number 1: the join: .* answered 429: too many requests/,
  );
  expect(log.info[1]).toMatch(
    /^gradlink: \/echo: failed with TooManyRequestsError after \d+\.\d\d s \(2 attempts\): the join: .* 429/,
  );
});

test("a stream that is asked for again is told", async () => {
  const log = logger();
  const base = await server();
  const client = await connect(base.url, { logger: log.logger, retries: { count: 1, baseSeconds: 0.01 } });
  await base.answer("/gradio_api/queue/data", 503, "later");
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  expect(log.info[0]).toMatch(
    /^gradlink: trying again within .* time number 1: the stream: .* answered 503: later$/,
  );
});

test("tokens that an app repeats are struck out", async () => {
  const log = logger();
  const client = await connect((await server()).url, { logger: log.logger });
  await failureOf(() => client.predict("/err", ["Bearer hf_abcdef and hf_ghi"]));
  expect(log.info[0]).toMatch(/: user error: Bearer \*\*\* and hf_\*\*\*$/);
});

test("a logger that fails, or has no methods, changes nothing", async () => {
  const fails = () => {
    throw new Error("the disk is full");
  };
  const base = await server();
  for (const one of [{ info: fails, debug: fails }, {}, null]) {
    const client = await connect(base.url, { logger: one });
    expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  }
});
