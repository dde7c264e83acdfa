// Clients of scripted apps.

import { Client, type ClientOptions, type GradioEvent } from "gradlink";
import type { FakeApp } from "gradlink/testing";

/** Connect to a scripted app, use the client, and close it. */
export async function using<T>(
  app: FakeApp,
  use: (client: Client) => Promise<T>,
  options: ClientOptions = {},
): Promise<T> {
  const client = await Client.connect(app.url, { fetch: app.fetch, ...options });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Return all that a job shows. */
export async function eventsOf(job: AsyncIterable<GradioEvent>): Promise<GradioEvent[]> {
  const events: GradioEvent[] = [];
  for await (const event of job) events.push(event);
  return events;
}

/** Return the values of a job with one output, one after the other. */
export async function valuesOf(job: AsyncIterable<GradioEvent>): Promise<unknown[]> {
  const values = (await eventsOf(job)).map((event) => (event.type === "data" ? event.data : undefined));
  return values.filter((data) => data !== undefined).map((data) => (data.length === 1 ? data[0] : data));
}
