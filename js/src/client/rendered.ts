/** Functions that an app makes while it runs (`gr.render`). */

import { isObject } from "../protocol/jsonvalue.ts";
import type { Message } from "../protocol/messages.ts";
import { withoutRendered, withRendered } from "../protocol/rendered.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import type { Submission } from "./submission.ts";

/** Learn the endpoints that a message brings, before the job's caller hears of it. */
export function learnRendered(
  connection: Connection,
  session: SessionRouter<Submission>,
  message: Message,
): void {
  // The endpoints of a rendering exist in the client's own session only; State may be among what they have.
  if (!("renders" in message) || !message.renders || session !== connection.session) return;
  const rendered = message.output["render_config"];
  if (!isObject(rendered)) return;
  connection.learn(withRendered(connection.schema, rendered, session.session_hash));
  if ([...connection.schema.endpoints.values()].some((endpoint) => endpoint.stateful)) connection.beat();
}

/** Forget what was made in a session that the client has left. */
export function forget(connection: Connection): void {
  connection.learn(withoutRendered(connection.schema));
}
