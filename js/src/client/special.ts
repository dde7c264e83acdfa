/** Messages that bring more than values: errors of the app, and functions that it makes while it runs (`gr.render`). */

import { appError } from "../protocol/failures.ts";
import { isObject } from "../protocol/jsonvalue.ts";
import type { ProcessCompleted, ProcessGenerating } from "../protocol/messages.ts";
import { withoutRendered, withRendered } from "../protocol/rendered.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

/** Make ready what a job needs to take a message, and its caller after it. */
export function prepare(
  connection: Connection,
  session: SessionRouter<Submission>,
  job: Submission,
  { output }: ProcessCompleted | ProcessGenerating,
): void {
  const { version, old } = connection.schema;
  const { api_name } = job.tracker.call;
  job.tracker.call.appError = (error, title) => appError(error, title, version, api_name, old);
  const rendered = output["render_config"];
  // The endpoints of a rendering exist in the client's own session only; State may be among what they have.
  if (!isObject(rendered) || session !== connection.session) return;
  connection.learn(withRendered(connection.schema, rendered, session.session_hash));
  if ([...connection.schema.endpoints.values()].some((endpoint) => endpoint.stateful)) void connection.beat();
}

/** Forget what was made in a session that the client has left. */
export function forget(connection: Connection): void {
  connection.learn(withoutRendered(connection.schema));
}
