// What is said of calls whose app is killed.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Server, top } from "../server/servers.ts";
import { connect, failureOf, newKey } from "./given.ts";

let app: ChildProcess;
let running: Server;

beforeAll(async () => {
  const python = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;
  app = spawn(python, ["-m", "tests.apps.everything", "0", "base"], {
    cwd: top,
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const line of createInterface({ input: app.stdout as NodeJS.ReadableStream })) {
    running = new Server((JSON.parse(line) as { url: string }).url, null);
    break;
  }
});
afterAll(() => {
  app.kill("SIGKILL");
});

test("the errors of its calls name the endpoint and the job, and say that it may have run", async () => {
  const client = await connect(running.url, { retries: 0, events: ["data", "status"] });
  const [key, direct] = [newKey(), newKey()];
  const [job, other] = [client.submit("/gate_parallel", [key]), client.submit("/fast_gate", [direct])];
  await running.reach(direct, "started");
  // Without a word of it on the stream, that one might not have been there yet.
  for (let word = await job.next(); ; word = await job.next())
    if (word.value?.type === "status" && word.value.original_msg === "process_starts") break;
  const event_id = await job.wait_for_id();
  app.kill("SIGKILL");
  const error = await failureOf(() => job.result());
  expect(error).toMatchObject({ name: "StreamLostError", execution: "unknown", eventId: event_id });
  expect(error.message).toMatch(/^\/gate_parallel: the stream of messages broke: /);
  expect(error.message.endsWith(`; the job ${event_id} may have run`)).toBe(true);
  expect(error.stack?.startsWith(`StreamLostError: ${error.message}\n`)).toBe(true);
  expect((await failureOf(() => other.result())).message).toMatch(
    /^\/fast_gate: the exchange with .* broke: .*; the call may have run$/,
  );
});
