/** What it means for jobs that a stream, a session or a connection is lost. */

import { GradlinkError, SessionLostError, StreamLostError, TransportError } from "../errors.ts";
import { withText } from "../protocol/failures.ts";

/** A server that ends one stream after the other without a word would be asked for ever. */
export const MAX_EMPTY_STREAMS = 3;

/** Return the error for one of the jobs of a stream that ended with `error`: each has facts of its own. */
export function lostWith(error: GradlinkError): GradlinkError {
  if (error.name === "TransportError") {
    // The exchange broke before the answer began. To a job that the server had accepted that is the same loss.
    const text = `the stream of messages could not be opened: ${error.message}`;
    return new StreamLostError(text, { url: error.url, attempts: error.attempts, cause: error });
  }
  return withText(error, error.message);
}

/** Return the error for a call that failed while it was sent, for a reason that gradlink has no class for. */
export function unsendable(title: string, cause: unknown): GradlinkError {
  if (cause instanceof GradlinkError) return cause;
  return new GradlinkError(`${title}: the call could not be sent: ${cause}`, { cause });
}

/** Return what it means that a server drops a job's socket without a word. */
export function droppedSocket(): StreamLostError {
  return new StreamLostError(
    "the server dropped the job's socket without closing it: it was stopped, a proxy cut the connection, or it does not know the function",
  );
}

/** Return what it means that a stream ends although the server closes each of its streams. */
export function unclosedStream(): StreamLostError {
  return new StreamLostError("the stream of messages ended without the server closing it");
}

/** Return what it means that the stream broke while a job was on its way. */
export function crossedBreak(): StreamLostError {
  return new StreamLostError(
    "the stream of messages broke while the job was on its way: the server has dropped it",
  );
}

/** Return what it means that a job began while another one of its function was stopped. */
export function stoppedAlong(): StreamLostError {
  return new StreamLostError(
    "the job began at the moment when another one of its function and session was cancelled, and may have been stopped with it",
  );
}

/** Return what a server means that ends streams without a message. */
export function silentStreams(): StreamLostError {
  return new StreamLostError(
    `the server ended the session's stream ${MAX_EMPTY_STREAMS} times without a message`,
  );
}

/** Return the error for a call that would use a State that is lost. */
export function lostState(session_hash: string): SessionLostError {
  const named = JSON.stringify(session_hash);
  return new SessionLostError(
    `the session ${session_hash} was lost with its stream, and its State may be lost with it; call reset_session() to go on with a fresh one, or set session_hash = ${named} to go on with what is there`,
    { execution: "not started" },
  );
}

/** Return what ended the reading of a stream; `opened` tells whether the stream was there. */
export function unread(cause: unknown, opened: boolean): GradlinkError {
  if (cause instanceof TransportError)
    return opened
      ? new StreamLostError(`the stream of messages broke: ${cause.message}`, { url: cause.url, cause })
      : cause;
  if (cause instanceof GradlinkError) return cause;
  return new GradlinkError(`gradlink failed while it read the stream of messages: ${cause}`, { cause });
}
