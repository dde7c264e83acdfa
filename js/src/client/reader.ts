/** Reads the stream of one session, for as long as a job of it is pending. */

import { GradlinkError, StreamLostError, TransportError } from "../errors.ts";
import { streamError } from "../protocol/failures.ts";
import { isSecondEnd, type Message, type UnexpectedError, unreadable } from "../protocol/messages.ts";
import { replyError } from "../protocol/replies.ts";
import { mayOpenAgain } from "../protocol/retry.ts";
import type { SessionRouter } from "../protocol/router.ts";
import type { Connection } from "./connection.ts";
import { EventStream, readEventSource } from "./event-source.ts";
import { login } from "./login.ts";
import type { Submission } from "./submission.ts";

// A server that ends one stream after the other without a word would be asked for ever.
const MAX_EMPTY_STREAMS = 3;

type Session = SessionRouter<Submission>;

/** Read streams until no job needs one. A second reader of the session would steal its messages. */
export async function readStreams(connection: Connection, session: Session): Promise<void> {
  const { http, retries } = connection;
  let [empty, failures] = [0, 0];
  for (let more = true; more; ) {
    const heard = { any: false, opened: false };
    let error = await readOne(connection, session, heard);
    if (error && !heard.opened) {
      failures += 1;
      if (await mayOpenAgain(http, retries, failures, error)) continue;
    }
    failures = 0;
    empty = heard.any ? 0 : empty + 1;
    if (!error && empty >= MAX_EMPTY_STREAMS) {
      error = new StreamLostError(`${empty} streams without a message`);
    }
    more = connection.streamEnded(session, error);
  }
}

/** Read one stream to its end; return undefined for a clean one. */
async function readOne(
  connection: Connection,
  session: Session,
  heard: { any: boolean; opened: boolean },
): Promise<GradlinkError | undefined> {
  let closed = false;
  let left: UnexpectedError | undefined;
  /** Hand a message to its job; return whether the stream is to be read on. */
  const take = (data: string): boolean => {
    const message = messageOf(connection, data);
    heard.any = true;
    if (message.msg === "unexpected_error") {
      left = message;
      return false;
    }
    // The end follows at once. A connection that is read to its end can be used again.
    if (message.msg === "close_stream") closed = true;
    else if (message.msg === "heartbeat") return session.heardHeartbeat();
    else return connection.deliver(session, message);
    return true;
  };
  const reading = {
    take,
    idle: connection.timeout.idle,
    opened: () => {
      heard.opened = true;
    },
    enough: () => closed,
  };
  try {
    for (let attempt = 0; ; attempt++) {
      session.streamOpened();
      const source = connection.openStream(session.session_hash);
      const reply = await (source instanceof EventStream
        ? source.read(reading)
        : readEventSource(source, reading));
      if (!reply) break;
      if (reply.status !== 401 || attempt || !connection.http.auth) return replyError(reply, "the stream");
      await login(connection.http);
    }
  } catch (cause) {
    if (cause instanceof TransportError) return heard.opened ? lostStream(cause) : cause;
    // Whatever it is, the jobs on this stream must not wait for a reader that is gone.
    return cause instanceof GradlinkError ? cause : new GradlinkError(`reader failed: ${cause}`, { cause });
  }
  // After a second end the next stream goes on where this one broke.
  if (left) return isSecondEnd(left) ? undefined : streamError(left);
  if (closed || session.idle || !connection.schema.dialect.closesExplicitly) return undefined;
  return new StreamLostError("the stream ended unclosed");
}

function messageOf({ decoder }: Connection, data: string): Message {
  try {
    return decoder.decode(data);
  } catch (error) {
    return unreadable(data, error);
  }
}

/** Return what a broken connection means for the jobs on a stream. */
export function lostStream(cause: TransportError): StreamLostError {
  return new StreamLostError(`the stream broke: ${cause.message}`, { url: cause.url, cause });
}
