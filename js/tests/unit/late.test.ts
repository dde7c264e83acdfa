// A job that is cancelled while its join is on its way is stopped when the join is answered, however late that is.

import { Client } from "gradlink";
import { afterEach, expect, test, vi } from "vitest";
import { ScriptedApp } from "../server/scripted.ts";

let app: ScriptedApp;
let client: Client;

afterEach(async () => {
  vi.useRealTimers();
  await client.close();
  await app.stop();
});

test("cancel() does not wait for it longer than some seconds, and the server is told after that", async () => {
  app = await ScriptedApp.start();
  let answer = (): void => {};
  app.joining = new Promise((resolve) => {
    answer = resolve;
  });
  const asked = (path: string) =>
    new Promise<void>((resolve) => {
      const { override } = app;
      app.override = (request, response) => {
        if (request.path.endsWith(path)) resolve();
        return override(request, response);
      };
    });
  const [joined, cancelled] = [asked("/queue/join"), asked("/cancel")];
  app.play = (job) => job.starts();
  client = await Client.connect(app.url);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const job = client.submit("/echo", ["x"]);
  await joined;
  const cancelling = job.cancel();
  vi.advanceTimersByTime(5000);
  await cancelling;
  answer();
  await cancelled;
  const body = JSON.parse(app.asked.find(({ path }) => path.endsWith("/cancel"))?.body ?? "{}");
  expect(body).toMatchObject({ event_id: "event-1", fn_index: 0 });
});
