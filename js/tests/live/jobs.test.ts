// What the existing client gets wrong about jobs and their streams, in the order of the list that was made of it.

import { isGradlinkError, JobCancelledError } from "gradlink";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";
import { type Server, server } from "../server/servers.ts";
import { connect, drain, failureOf, newKey } from "./given.ts";

const STREAM = "/gradio_api/queue/data";

let base: Server;
const scripted: ScriptedApp[] = [];

beforeAll(async () => {
  base = await server();
});
afterEach(async () => {
  for (const app of scripted.splice(0)) await app.stop();
});

async function scriptedApp(port = 0): Promise<ScriptedApp> {
  const app = await ScriptedApp.start(port);
  scripted.push(app);
  return app;
}

describe("an error in a loop is thrown", () => {
  test("at once", async () => {
    const client = await connect(base.url);
    const { values, error } = await drain(client.submit("/err", ["x"]));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ name: "AppError", message: "user error: x", title: "Oops", duration: 5 });
  });

  test("after values", async () => {
    const client = await connect(base.url);
    const { values, error } = await drain(client.submit("/generr", [2]));
    expect(values).toEqual(["step 0", "step 1"]);
    expect(error).toMatchObject({ name: "AppError", message: "failed in the middle", title: "Halfway" });
  });

  test("and its status comes before it, if asked for", async () => {
    const client = await connect(base.url, { events: ["data", "status"] });
    const stages: string[] = [];
    const error = await failureOf(async () => {
      for await (const event of client.submit("/err", ["x"]))
        if (event.type === "status") stages.push(event.stage);
    });
    expect(stages.at(-1)).toBe("error");
    expect(error.message).toBe("user error: x");
  });
});

test("the last value comes once", async () => {
  const client = await connect(base.url);
  expect(await drain(client.submit("/count", ["w", 3]))).toEqual({
    values: ["w0 ", "w0 w1 ", "w0 w1 w2 "],
    error: null,
  });
});

test("a value that comes again is given again", async () => {
  const client = await connect(base.url);
  const { values } = await drain(client.submit("/samegen", []));
  expect(new Set(values)).toEqual(new Set(["same"]));
});

describe("without the queue, a loop ends", () => {
  test("after success", async () => {
    const client = await connect(base.url);
    expect(await drain(client.submit("/fast", ["x"]))).toEqual({ values: ["x"], error: null });
  });

  test("after an error", async () => {
    const client = await connect(base.url);
    const { values, error } = await drain(client.submit("/fast_err", ["x"]));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ message: "user error: x" });
  });
});

test("a cancel right after submit is a cancel", async () => {
  const client = await connect(base.url);
  const key = newKey();
  const job = client.submit("/gategen", [key, 26]);
  await job.cancel();
  await base.openGate(key, 25);
  const { values } = await drain(job);
  expect(values.length).toBeLessThan(26);
  expect(await failureOf(() => job.result())).toBeInstanceOf(JobCancelledError);
  const { started = 0, ended = 0 } = await base.counts(key);
  if (started > ended) await base.reach(key, "ended");
  expect((await base.counts(key))["finished"]).toBeUndefined();
});

test("a cancel in mid-stream ends this job only, and says so", async () => {
  const client = await connect(base.url);
  const [key, other] = [newKey("mine"), newKey("other")];
  const goesOn = client.submit("/gategen_one", [other, 2]);
  const job = client.submit("/gategen", [key, 26]);
  await base.openGate(key);
  const values: unknown[] = [];
  try {
    for await (const event of job) {
      if (event.type !== "data") continue;
      values.push(event.data[0]);
      await job.cancel();
    }
  } catch (error) {
    expect(error).toBeInstanceOf(JobCancelledError);
  }
  expect(values).toEqual(["tick 0"]);
  expect(await failureOf(() => job.result())).toBeInstanceOf(JobCancelledError);
  await base.reach(key, "ended");
  expect((await base.counts(key))["finished"]).toBeUndefined();
  await base.openGate(other, 2);
  expect(await drain(goesOn)).toEqual({ values: ["tick 0", "tick 1"], error: null });
});

test("who leaves the loop stops the function", async () => {
  const client = await connect(base.url);
  const key = newKey();
  await base.openGate(key);
  for await (const event of client.submit("/gategen", [key, 26])) if (event.type === "data") break;
  await base.reach(key, "ended");
  expect((await base.counts(key))["finished"]).toBeUndefined();
});

describe("a stream that breaks", () => {
  test("ends its job with an error, and the next call works", async () => {
    const client = await connect(base.url);
    const key = newKey();
    await base.openGate(key);
    const job = client.submit("/gategen", [key, 26]);
    const error = await failureOf(async () => {
      for await (const event of job) if (event.type === "data") await base.cut(STREAM);
    });
    expect(isGradlinkError(error)).toBe(true);
    expect(error).toMatchObject({ name: "StreamLostError", execution: "unknown" });
    expect((await client.predict("/echo", ["next"])).data).toEqual(["next"]);
  });

  test("ends many jobs, each once", async () => {
    const client = await connect(base.url);
    const keys = Array.from({ length: 5 }, () => newKey());
    const running = keys.map((key) =>
      client.predict("/gate_parallel", [key]).then(
        () => "value",
        () => "error",
      ),
    );
    for (const key of keys) await base.reach(key, "started");
    await base.cut(STREAM);
    expect(await Promise.all(running)).toEqual(["error", "error", "error", "error", "error"]);
    expect((await client.predict("/echo", ["next"])).data).toEqual(["next"]);
  });

  test("between two calls hangs nobody", async () => {
    const app = await scriptedApp();
    app.play = (job) => {
      job.completes(...job.data);
      app.endStream(job.session); // well, but without a word
    };
    const client = await connect(app.url);
    for (const text of ["one", "two", "three"]) {
      // A job that joins in this very moment may be lost with the stream, which it then says.
      const outcome = await client.predict("/echo", [text]).then(
        ({ data }) => data[0],
        (error: Error) => error.name,
      );
      expect([text, "StreamLostError"]).toContain(outcome);
    }
    app.play = (job) => job.completes(...job.data);
    expect((await client.predict("/echo", ["four"])).data).toEqual(["four"]);
  });

  test("by a restart between two calls hangs nobody", async () => {
    const app = await scriptedApp();
    app.play = (job) => job.completes(...job.data); // the stream stays open
    const client = await connect(app.url);
    expect((await client.predict("/echo", ["one"])).data).toEqual(["one"]);
    const { port } = app;
    await app.stop();
    const again = await scriptedApp(port);
    // A request over the old connection, or with the old stream, may have reached the old process.
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== "right" && outcomes.length < 5) {
      outcomes.push(
        await client.predict("/echo", ["two"]).then(
          ({ data }) => (data[0] === "two" ? "right" : "wrong"),
          (error: unknown) => (isGradlinkError(error) ? "typed" : String(error)),
        ),
      );
    }
    expect(outcomes.filter((outcome) => outcome !== "typed")).toEqual(["right"]);
    expect(again.paths()).toContain("POST /gradio_api/queue/join");
  });

  test("without a word, in the middle of a job, leaves nobody waiting", async () => {
    const app = await scriptedApp();
    app.play = (job) => {
      job.starts();
      app.endStream(job.session);
      // As Gradio does: the session's messages are gone with its stream.
      app.forget(job.session);
    };
    const client = await connect(app.url);
    const error = await failureOf(() => client.predict("/echo", ["x"]));
    expect(isGradlinkError(error)).toBe(true);
    expect(error).toMatchObject({ execution: "unknown" });
  });
});

test("a call that joins while the server closes the stream gets its result", async () => {
  const app = await scriptedApp();
  const client = await connect(app.url);
  app.play = (job) => job.completes(...job.data); // keeps the stream
  await client.predict("/echo", ["first"]);
  app.play = (job) => {
    // The end of the stream was under way when the job joined.
    app.closeStream(job.session);
    job.completes(...job.data);
    app.closeStream(job.session);
  };
  expect((await client.predict("/echo", ["second"])).data).toEqual(["second"]);
});

test("messages before the answer to a join are for it", async () => {
  const app = await scriptedApp();
  const client = await connect(app.url);
  let answered = (): void => {};
  app.override = ({ path, body }) => {
    if (!path.endsWith("/queue/join")) return false;
    app.joining = new Promise((resolve) => {
      answered = resolve;
    });
    const { session_hash: session } = JSON.parse(body);
    app.send(session, { msg: "process_starts", event_id: "event-1" });
    app.send(session, {
      msg: "process_completed",
      event_id: "event-1",
      success: true,
      output: { data: ["early"], duration: 0 },
    });
    app.closeStream(session);
    setImmediate(() => answered());
    return false;
  };
  app.play = () => {};
  expect((await client.predict("/echo", ["x"])).data).toEqual(["early"]);
});

test("a message of an unknown kind is passed over", async () => {
  const app = await scriptedApp();
  app.play = (job) => {
    job.starts();
    job.tell("from_the_future", { success: true, output: { data: ["no"] } });
    app.send(job.session, { msg: "for_everybody" });
    app.sendRaw(job.session, ": a comment\r\n\r\ndata: not JSON at all\r\n\r\n");
    job.completes(...job.data);
    app.closeStream(job.session);
  };
  const client = await connect(app.url);
  const outcome = await client.predict("/echo", ["x"]).then(
    ({ data }) => data,
    (error: Error) => error.name,
  );
  // What is not JSON may be named; what is merely unknown is not an end.
  expect([["x"], "ProtocolError"]).toContainEqual(outcome);
});

test("a message of an unknown kind alone changes nothing", async () => {
  const app = await scriptedApp();
  app.play = (job) => {
    job.tell("from_the_future", { success: true, output: { data: ["no"] } });
    app.send(job.session, { msg: "for_everybody" });
    job.completes(...job.data);
    app.closeStream(job.session);
  };
  const client = await connect(app.url);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
});

test("what proxies put into a stream changes nothing, whatever ends its lines", async () => {
  const app = await scriptedApp();
  app.play = (job) => {
    job.starts();
    app.sendRaw(job.session, "retry: 3000\n\nid: 7\n\nevent: ping\n\nevent: ping\ndata: {}\n\n: comment\n\n");
    const output = { data: job.data, duration: 0 };
    const message = { msg: "process_completed", event_id: job.id, success: true, output };
    app.sendRaw(job.session, `data: ${JSON.stringify(message)}\r\r`);
    app.sendRaw(job.session, 'data: {"msg": "close_stream"}\r\n\r\n');
  };
  const client = await connect(app.url);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  expect(await drain(client.submit("/echo", ["y"]))).toEqual({ values: ["y"], error: null });
});

test("characters that are cut between packets arrive whole", async () => {
  const app = await scriptedApp();
  app.play = async (job) => {
    const output = { data: ["€ 𝄞 ä"], duration: 0 };
    const line = `data: ${JSON.stringify({ msg: "process_completed", event_id: job.id, success: true, output })}\r\n\r\n`;
    for (const byte of Buffer.from(line)) {
      app.sendRaw(job.session, Buffer.from([byte]) as unknown as string);
      await new Promise((resolve) => setImmediate(resolve));
    }
    app.closeStream(job.session);
  };
  const client = await connect(app.url);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["€ 𝄞 ä"]);
});

test("values that were given stay as they are", async () => {
  const client = await connect(base.url);
  const values: unknown[] = [];
  const texts: string[] = [];
  for await (const event of client.submit("/jsongen", [])) {
    if (event.type !== "data") continue;
    values.push(event.data[0]);
    texts.push(JSON.stringify(event.data[0]));
  }
  expect(texts).toHaveLength(5);
  expect(values.map((value) => JSON.stringify(value))).toEqual(texts);
  expect(values[0]).toEqual({ a: 1, s: "x", list: [1, 2, 3], gone: true });
  expect(values[4]).toEqual({
    new: {
      k: "vv",
      k2: [
        {
          t: "u+",
          n: [
            [1, 2, 3],
            [4, 5, 6],
          ],
        },
        {},
      ],
    },
    list: [{ x: [0] }],
  });
});

test("a validator's message is readable", async () => {
  const client = await connect(base.url);
  const error = await failureOf(() => client.predict("/validated", [-1]));
  expect(error.name).toBe("ValidationError");
  expect(error.message).toContain("n must be positive");
  expect(error.message).not.toMatch(/[{[]/);
  const { error: inLoop } = await drain(client.submit("/validated", [-1]));
  expect(inLoop).toMatchObject({ message: error.message });
});

test.each(["/selected", "/fast_selected"])(
  "the data of an event goes to a function that takes it: %s",
  async (name) => {
    const client = await connect(base.url);
    const event = { index: [1, 3], value: "el" };
    expect((await client.predict(name, ["hello"], event)).data).toEqual(["el at [1, 3] of hello"]);
    expect(await drain(client.submit(name, ["hello"], event))).toMatchObject({
      values: ["el at [1, 3] of hello"],
    });
  },
);

test("a queue that is full is named", async () => {
  const app = await scriptedApp();
  app.override = ({ path }, response) => {
    if (!path.endsWith("/queue/join")) return false;
    response
      .writeHead(503, { "content-type": "application/json" })
      .end('{"detail":"Queue is full! Please try again."}');
    return true;
  };
  const client = await connect(app.url);
  const error = await failureOf(() => client.predict("/echo", ["x"], undefined, { retries: 0 }));
  expect(error).toMatchObject({ name: "QueueError", status: 503, execution: "not started" });
  expect(error.message).toMatch(/full/i);
});
