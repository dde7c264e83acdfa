// The hostile server is one that this client can talk to, so that what a test of an attack shows is the attack.

import { Client } from "gradlink";
import { expect, test } from "vitest";
import { hostile } from "../server/hostile.ts";

test("an honest app works", async () => {
  const client = await Client.connect(hostile.app("honest"));
  expect((await client.predict("/echo", ["x"])).data).toEqual(["x"]);
  expect((await client.predict("/run", ["x"])).data).toEqual(["x"]);
  expect((await client.predict("/up", [new Blob(["x"])])).data).toEqual([expect.stringMatching(/^\/srv\//)]);
  client.close();
});

test("a script is said as it is", async () => {
  const end = '{"output": {"data": ["scripted"], "is_generating": false}, "success": true}';
  const url = await hostile.script({ messages: [": a comment\n\n"], end });
  const client = await Client.connect(url);
  expect((await client.predict("/echo", ["x"])).data).toEqual(["scripted"]);
  expect((await hostile.asked(url)).map(({ path }) => path)).toContain("/gradio_api/queue/join");
  client.close();
});

test("every attack is listed with what meets it", async () => {
  const attacks = await hostile.attacks();
  expect(attacks).toContainEqual({
    name: "slow-body@config",
    class: "slow-body",
    at: "config",
    met_by: "connect",
    ends_with: "limit",
  });
});
