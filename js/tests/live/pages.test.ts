// Apps of several pages, and apps whose queue nobody has started.

import type { GradioEvent } from "gradlink";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { STARTUP_SECONDS } from "../../src/protocol/queuewatch.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, failureOf } from "./given.ts";

let pages: Server;

beforeAll(async () => {
  pages = await server("pages");
});
afterEach(() => {
  vi.useRealTimers();
});

const PATHS: [typed: string, base: string][] = [
  ["", ""],
  ["second", ""],
  ["second/", ""],
  ["second?x=1", ""],
  ["second/?__theme=dark#top", ""],
  ["hidden~page", ""],
  ["hidden%7Epage", ""],
  ["sub/app/second", "sub/app/"],
  ["sub/app/second/?x=1", "sub/app/"],
  ["behind/second", "behind/"],
  ["behind/sub/app/second/", "behind/sub/app/"],
];

test.each(PATHS)("the address of a page leads to the app: /%s", async (typed, base) => {
  const client = await connect(pages.url + typed);
  const since = (await pages.requests()).length;
  expect((await client.predict("/first", ["x"])).data).toEqual(["x"]);
  expect((await client.predict("/other", ["y"])).data).toEqual(["y"]);
  const joins = (await pages.requests()).slice(since).filter(({ path }) => path.endsWith("/queue/join"));
  // What is below /behind/ does not know of that.
  const path = `/${base.replace("behind/", "")}gradio_api/queue/join`;
  expect(joins.map((join) => join.path)).toEqual([path, path]);
});

test.each(["gated", "gated/second", "gated/second/?x=1", "behind/gated/second"])(
  "a page behind a login leads to the app: /%s",
  async (typed) => {
    const client = await connect(pages.url + typed, { auth: ["user", "pass"] });
    expect((await client.predict("/other", ["y"])).data).toEqual(["y"]);
  },
);

test("a page behind a login asks for it, and an address that is not a page is not an app", async () => {
  const options = { auth: ["nobody", "pass"] };
  expect((await failureOf(() => connect(`${pages.url}gated/second`))).name).toBe("AuthenticationError");
  expect((await failureOf(() => connect(`${pages.url}gated/second`, options))).message).toContain('"nobody"');
  expect((await failureOf(() => connect(`${pages.url}third`))).name).toBe("NotFoundError");
});

test("a queue that was never started is started once", async () => {
  const apps = await server("unstarted");
  const client = await connect(`${apps.origin}/7/app`, { events: ["data", "status", "log"] });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const events = client.submit("/only", ["x"])[Symbol.asyncIterator]() as AsyncIterator<GradioEvent>;
  const seen: GradioEvent[] = [];
  for (let step = await events.next(); !step.done; step = await events.next()) {
    seen.push(step.value);
    if (step.value.type === "status" && step.value.position === 0)
      vi.advanceTimersByTime(STARTUP_SECONDS * 1000);
  }
  vi.useRealTimers();
  expect(seen.flatMap((event) => (event.type === "data" ? event.data : []))).toEqual(["x"]);
  expect(seen.flatMap((event) => (event.type === "log" ? event.log : "")).join("")).toContain(
    "was asked to start",
  );
  expect((await client.predict("/only", ["again"])).data).toEqual(["again"]);
  const asked = (await apps.requests()).filter(({ path }) => path === "/7/app/gradio_api/startup-events");
  expect(asked).toHaveLength(1);
});
