/** Reads the streams of one session, for as long as a job of it is pending. */

import { unread } from "../engine/failures.ts";
import type { StreamPolicy } from "../engine/streams.ts";
import type { GradlinkError } from "../errors.ts";
import { type Message, unreadable } from "../protocol/messages.ts";
import { replyError } from "../protocol/replies.ts";
import { pause, tellAgain } from "../protocol/retry.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import { EventStream, readEventSource } from "./events.ts";
import { login } from "./login.ts";
import type { Submission } from "./submission.ts";

type Session = SessionRouter<Submission>;

/** Read streams until no job needs one. A second reader of the session would steal its messages. */
export async function readStreams(
  connection: Connection,
  session: Session,
  policy: StreamPolicy,
): Promise<void> {
  const { http, engine } = connection;
  for (let more = true; more; ) {
    const error = await readOne(connection, session, policy);
    const bounds = error && !http.closed ? policy.pauseToReopen(error) : undefined;
    if (error && bounds) {
      tellAgain(http, bounds[1], error.attempts ?? 1, error);
      await pause(...bounds, undefined, http);
      if (!http.closed) continue;
    }
    const effects = engine.streamEnded(session, policy.verdict(error), policy);
    // Who reads on is this very reader.
    const others = effects.filter((effect) => effect.do !== "OpenStream" || effect.session !== session);
    more = others.length < effects.length;
    connection.perform(others);
  }
}

/** Read one stream to its end; return what that means for the jobs on it, undefined for a clean one. */
async function readOne(
  connection: Connection,
  session: Session,
  policy: StreamPolicy,
): Promise<GradlinkError | undefined> {
  policy.begin();
  /** Hand a message to its job; return whether the stream is to be read on. */
  const take = (data: string): boolean => {
    const message = messageOf(connection, data);
    if (!policy.concernsJobs(message)) return !policy.abandoned;
    if (connection.deliver(session, message)) return true;
    policy.leave();
    return false;
  };
  const reading = {
    take,
    idle: connection.timeout.idle,
    opened: () => {
      policy.opened = true;
    },
    // What breaks after the server has closed the stream breaks nothing.
    enough: () => policy.closed,
  };
  try {
    for (let attempt = 0; ; attempt++) {
      session.streamOpened();
      const source = connection.openStream(session.session_hash);
      const reply = await (source instanceof EventStream
        ? source.read(reading)
        : readEventSource(source, reading));
      if (!reply) return policy.end();
      if (reply.status !== 401 || attempt || !connection.http.auth) return replyError(reply, "the stream");
      await login(connection.http);
    }
  } catch (cause) {
    return unread(cause, policy.opened);
  }
}

function messageOf({ decoder }: Connection, data: string): Message {
  try {
    return decoder.decode(data);
  } catch (error) {
    return unreadable(data, error);
  }
}
