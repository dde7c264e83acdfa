// What the caller of a whole call does, against a server that replays a recording.

import { Client, FileData, GradlinkError } from "../../src/index.node.ts";
import { fileName } from "../../src/protocol/files.ts";
import type { JsonObject } from "../../src/protocol/jsonvalue.ts";
import { findEndpoint, readApp } from "../../src/protocol/schema.ts";
import { app, type Given } from "./cases.ts";
import { argumentsOf, shownError } from "./readings.ts";
import { replaying } from "./replay.ts";

/** Perform a call; return the requests that were made and what its caller got. */
export async function play(given: Given): Promise<unknown> {
  const { caller } = given;
  const [config, info] = app(given.app);
  const endpoint = findEndpoint(readApp(config, info), caller.api_name);
  return await replaying(given, async (url, replay) => {
    const client = await Client.connect(url, { retries: 0 });
    let result: unknown;
    try {
      const data = argumentsOf(caller, endpoint);
      if (caller.do === "iterate") {
        const outputs: unknown[] = [];
        for await (const event of client.submit(caller.api_name, data)) {
          if (event.type === "data") outputs.push(await shown(client, event.data));
        }
        result = { outputs };
      } else result = { values: await shown(client, (await client.predict(caller.api_name, data)).data) };
    } catch (error) {
      if (!(error instanceof GradlinkError)) throw error;
      result = shownError(error);
    } finally {
      await client.close();
    }
    return { requests: replay.calls, result };
  });
}

/** Return a value with the content of its files in their place. */
async function shown(client: Client, value: unknown): Promise<unknown> {
  if (value instanceof FileData) {
    return { $file: fileName(value as unknown as JsonObject), text: await client.read(value).text() };
  }
  if (Array.isArray(value)) return await Promise.all(value.map((item) => shown(client, item)));
  if (typeof value !== "object" || !value) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await shown(client, item)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
