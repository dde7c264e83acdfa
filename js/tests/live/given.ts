// What the live tests share.

import { Client, type GradioEvent } from "gradlink";
import { afterEach } from "vitest";

const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** Connect; the client is closed after the test. */
export async function connect(url: string, options: Record<string, unknown> = {}): Promise<Client> {
  const client = await Client.connect(url, options);
  clients.push(client);
  return client;
}

let unique = 0;

/** Return a key under which nobody else counts at the server. */
export function newKey(what = "key"): string {
  unique += 1;
  return `${what} ${process.pid} ${unique} ${Math.random()}`;
}

/** Return the first values of a stream, and what it ended with. */
export async function drain(
  events: AsyncIterable<GradioEvent>,
): Promise<{ values: unknown[]; error: unknown }> {
  const values: unknown[] = [];
  try {
    for await (const event of events) if (event.type === "data") values.push(event.data[0]);
  } catch (error) {
    return { values, error };
  }
  return { values, error: null };
}

/** Return the error that a promise has to fail with. */
export async function failureOf(doing: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await doing();
  } catch (error) {
    if (error instanceof Error) return error as Error & Record<string, unknown>;
    throw new Error(`it failed with ${String(error)}, which is not an Error`);
  }
  throw new Error("it did not fail");
}
