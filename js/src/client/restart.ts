/** Apps that do not run as they did: restarted while nobody called them, or with a queue that nobody has started. */

import type { GradlinkError } from "../errors.ts";
import { asObject, type JsonValue, keepAppId } from "../protocol/jsonvalue.ts";
import { isPassing } from "../protocol/policy.ts";
import { STARTUP_SECONDS } from "../protocol/queuewatch.ts";
import { replyError, replyJson } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import { type AppSchema, findEndpoint } from "../protocol/schema.ts";
import { connect } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";
import { now } from "./timeouts.ts";

/**
 * Before the first call after a pause: if the app was restarted, learn what it is now.
 *
 * Wire: GET /app_id (3.42 and later), a number that each process of an app has of its own. Where it cannot be had the
 * app counts as the same: the call that follows will say what is wrong.
 */
export async function checkRestart(connection: Connection, job: Submission): Promise<void> {
  const before = connection.schema.config["app_id"];
  if (before === undefined) return;
  const after = await appId(connection).catch((error) => awakeId(connection, error) ?? before);
  connection.engine.heard(now());
  if (after === undefined || isSame(after, before)) return;
  connection.engine.restarted(await rediscover(connection));
  // The files are gone with it.
  job.sentData = undefined;
  connection.perform([]);
  const { api_name, fn_index } = job.endpoint;
  job.call = connection.bind(findEndpoint(connection.schema, api_name ?? fn_index), job.call.given, true);
}

/** Return what the app of a Space is called that does not run at the moment, once it does. */
function awakeId(connection: Connection, error: unknown): Promise<JsonValue | undefined> | undefined {
  const { space } = connection.owner;
  if (!space || !isPassing((error as GradlinkError).status)) return undefined;
  return space.run().then(() => appId(connection));
}

/** Read again what the app says of itself; its sessions go on. */
export async function refresh(connection: Connection): Promise<void> {
  connection.engine.schema = await rediscover(connection);
  connection.perform([]);
}

async function rediscover(connection: Connection): Promise<AppSchema> {
  const found = await connect(connection.http, connection.owner.options, connection);
  connection.routes = found.routes;
  return found.schema;
}

/** Return what the app's process is called, as text. */
export async function appId({ http, routes }: Connection): Promise<JsonValue | undefined> {
  const reply = await http.exchange(`${routes.api}app_id`);
  return asObject(replyJson({ ...reply, body: keepAppId(reply.body) }, "app_id"))["app_id"];
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Tell whether the app is still the one that was connected to. */
export async function compare(connection: Connection): Promise<"connected" | "broken" | "changed"> {
  try {
    const before = connection.schema.config["app_id"];
    return isSame(await appId(connection), before) ? "connected" : "changed";
  } catch {
    return "broken";
  }
}

/**
 * Ask the app to start its queue, and log that in the jobs that wait for it.
 *
 * Wire: GET /startup-events (since 3.40 or so), which Gradio itself calls when it serves an app.
 */
export async function startQueue(connection: Connection, waiting: readonly Submission[]): Promise<void> {
  const { engine, http, routes, retries } = connection;
  const url = `${routes.api}startup-events`;
  const asked = await http.read(url, retries, "the start of the queue").then(
    (reply) => (reply.status === 200 ? undefined : replyError(reply, "the start of the queue")),
    (error: Error) => error,
  );
  const done = asked ? `it could not be asked to start: ${asked.message}` : "it was asked to start";
  const message =
    `the queue of the app at ${withoutCredentials(routes.base)} has started no job for ${STARTUP_SECONDS} s; ${done} ` +
    "(/startup-events). An app that is mounted into an application which is itself mounted is not notified when the server starts";
  const log = { message, level: "warning", title: undefined, duration: undefined, visible: true };
  for (const job of waiting)
    connection.perform(engine.receivedAlone(job, { msg: "log", event_id: job.tracker.event_id, log }));
}
