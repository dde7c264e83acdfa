// What happens to the jobs of a scripted app: they wait, tell, fail, are cancelled, and end.

import { AppError, Client } from "gradlink";
import { fakeApp, hold, logged, progressed, queued, stream } from "gradlink/testing";
import { describe, expect, test, vi } from "vitest";
import { eventsOf, using, valuesOf } from "./given.ts";

const EVENTS = { events: ["data", "status", "log"] } as const;

describe("the queue", () => {
  test("a call waits in it", async () => {
    const app = fakeApp({ "/slow": queued({ at: 2, eta: 6, then: "done" }) });
    const events = await using(app, (client) => eventsOf(client.submit("/slow", [], undefined, EVENTS)));
    const waited = events.flatMap((event) =>
      event.type === "status" && event.position !== undefined
        ? [[event.position, event.size, event.eta]]
        : [],
    );
    expect(waited).toEqual([
      [2, 3, 6],
      [1, 2, 4],
      [0, 1, 2],
    ]);
    expect(events.find((event) => event.type === "data")?.data).toEqual(["done"]);
  });

  test("a call is held in it", async () => {
    const gate = hold();
    const app = fakeApp({ "/slow": queued({ at: 2, until: gate, then: (text: string) => text }) });
    await using(app, async (client) => {
      const job = client.submit("/slow", ["a"]);
      await gate.reached;
      expect(job.status).not.toBe("succeeded");
      gate.release();
      expect((await job.result()).data).toEqual(["a"]);
    });
  });
});

test("progress and messages come between values", async () => {
  const app = fakeApp({
    *"/bake"() {
      yield progressed(0.5, "mixing");
      yield logged("hot", "warning", { title: "Oven", duration: null, visible: false });
      yield "cake";
    },
    "/script": stream(progressed([1, 3], "a", "b"), logged("hi"), "cake"),
  });
  await using(app, async (client) => {
    const told = async (name: string) => {
      const events = await eventsOf(client.submit(name, [], undefined, EVENTS));
      const bars = events.flatMap((event) =>
        event.type === "status" ? (event.progress_data ?? []).slice(0, 1) : [],
      );
      return { bars, logs: events.filter((event) => event.type === "log") };
    };
    const bake = await told("/bake");
    expect(bake.bars).toContainEqual(expect.objectContaining({ progress: 0.5, desc: "mixing" }));
    expect(bake.logs).toMatchObject([
      { log: "hot", level: "warning", title: "Oven", duration: null, visible: false },
    ]);
    const script = await told("/script");
    expect(script.bars).toContainEqual({ progress: null, index: 1, length: 3, unit: "b", desc: "a" });
    expect(script.logs).toMatchObject([{ log: "hi", level: "info", title: "Info", duration: 10 }]);
  });
});

describe("errors", () => {
  test("are those of the app", async () => {
    const said = new AppError("out of memory", { title: "Too large" });
    const app = fakeApp({
      "/said": said,
      *"/refuse"(text: string) {
        yield text;
        throw new AppError("no more", { title: "Full", duration: 3, visible: false });
      },
      "/fail": () => {
        throw new TypeError("a mistake");
      },
      "/reject": () => Promise.reject("only a text"),
      "/late": stream(1, said),
      "/waited": queued({ at: 1, then: said }),
    });
    await using(app, async (client) => {
      const error = await client.predict("/said").catch((thrown: unknown) => thrown);
      expect(`${error}`).toBe("AppError: /said: Too large: out of memory");
      const job = client.submit("/refuse", ["a"]);
      const values: unknown[] = [];
      const reading = (async () => {
        for await (const event of job) if (event.type === "data") values.push(event.data);
      })();
      await expect(reading).rejects.toMatchObject({
        name: "AppError",
        message: "no more",
        title: "Full",
        duration: 3,
        visible: false,
      });
      expect(values).toEqual([["a"]]);
      await expect(client.predict("/late")).rejects.toThrow("out of memory");
      await expect(client.predict("/waited")).rejects.toThrow("out of memory");
      await expect(client.predict("/fail")).rejects.toThrow("a mistake");
      await expect(client.predict("/reject")).rejects.toThrow("only a text");
    });
  });

  test("may be hidden", async () => {
    const app = fakeApp({ "/fail": new TypeError("secret") }, { show_error: false });
    const error = await using(app, (client) => client.predict("/fail").catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ name: "AppError" });
    expect(`${error}`).not.toContain("secret");
  });
});

describe("a cancel", () => {
  test("closes a generator", async () => {
    const [gate, closed] = [hold(), vi.fn()];
    const app = fakeApp({
      *"/count"() {
        try {
          yield 0;
          yield gate;
          yield 1;
        } finally {
          closed();
        }
      },
    });
    await using(app, async (client) => {
      const job = client.submit("/count");
      await gate.reached;
      await job.cancel();
      await expect(job.result()).rejects.toMatchObject({ name: "JobCancelledError" });
      await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
      gate.release();
      expect(await valuesOf(client.submit("/count"))).toEqual([0, 1]);
    });
  });

  test("ends a generator that would never end", async () => {
    const closed = vi.fn();
    const app = fakeApp({
      *"/count"() {
        try {
          for (let number = 0; ; number++) yield number;
        } finally {
          closed();
        }
      },
    });
    await using(app, async (client) => {
      for await (const event of client.submit("/count"))
        if (event.type === "data" && event.data[0] === 3) break;
      await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
    });
  });

  test.each(["by name", "in order", "a generator"])("aborts the signal of a function: %s", async (which) => {
    const [began, ended] = [hold(), vi.fn()];
    const wait = async (text: string, signal: AbortSignal) => {
      began.wait().catch(() => {});
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ended(text);
    };
    const app = fakeApp({
      "/by name": ({ text }: { text: string }, { signal }: { signal: AbortSignal }) => wait(text, signal),
      "/in order": (text: string, { signal }: { signal: AbortSignal }) => wait(text, signal),
      async *"/a generator"(text: string, { signal }: { signal: AbortSignal }) {
        try {
          yield "first";
          await wait(text, signal);
        } finally {
          ended("closed");
        }
      },
    });
    await using(app, async (client) => {
      const job = client.submit(`/${which}`, { text: "a" });
      await began.reached;
      await job.cancel();
      await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("a"));
      if (which === "a generator") await vi.waitFor(() => expect(ended).toHaveBeenCalledWith("closed"));
    });
  });

  test("while a call waits in the queue keeps it from running", async () => {
    const [gate, run] = [hold(), vi.fn()];
    const app = fakeApp({ "/slow": queued({ at: 1, until: gate, then: run }), "/next": 1 });
    await using(app, async (client) => {
      const job = client.submit("/slow");
      await gate.reached;
      await job.cancel();
      gate.release();
      await client.predict("/next");
      expect(run).not.toHaveBeenCalled();
    });
  });
});

test.each(["client", "app"])("whoever is closed ends the jobs: the %s", async (which) => {
  const [gate, closed] = [hold(), vi.fn()];
  const app = fakeApp({
    *"/wait"() {
      try {
        yield 1;
        yield gate;
      } finally {
        closed();
      }
    },
  });
  const client = await Client.connect(app.url, { fetch: app.fetch, retries: 0 });
  const job = client.submit("/wait");
  expect((await job.next()).value).toMatchObject({ data: [1] });
  await gate.reached;
  if (which === "client") await client.close();
  else app.close();
  await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  await expect(job.result()).rejects.toThrow();
  await client.close();
});

test("an app that is closed answers nothing", async () => {
  const app = fakeApp({ "/a": 1 });
  app.close();
  const connecting = Client.connect(app.url, { fetch: app.fetch, retries: 0 });
  await expect(connecting).rejects.toThrow(/the app is closed/);
});

test("limits of time are kept", async () => {
  const app = fakeApp({ "/wait": stream(hold(), 1) });
  await using(app, async (client) => {
    const waiting = client.predict("/wait", [], undefined, { timeout: 0.05 });
    await expect(waiting).rejects.toMatchObject({ name: "JobTimeoutError" });
  });
});

test("it does not wait for a clock that stands still", async () => {
  vi.useFakeTimers();
  try {
    await using(fakeApp({ "/chat": stream("a", "ab") }), async (client) => {
      expect(await valuesOf(client.submit("/chat"))).toEqual(["a", "ab"]);
    });
  } finally {
    vi.useRealTimers();
  }
});
