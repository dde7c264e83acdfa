/** Queues of apps that nobody has started: loaded when one is to be asked for its start. */

import { STARTUP_SECONDS } from "../protocol/queuewatch.ts";
import { replyError } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

/**
 * Ask the app to start its queue, and log that in the jobs that wait for it.
 *
 * Wire: GET /startup-events (since 3.40 or so), which Gradio itself calls when it serves an app.
 */
export async function startQueue(
  { http, routes, retries }: Connection,
  waiting: readonly Submission[],
): Promise<void> {
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
  for (const job of waiting) job.receive({ msg: "log", event_id: job.tracker.event_id, log });
}
