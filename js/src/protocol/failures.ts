/** What it means that the app's function failed, or that a stream of messages broke. Vectors: jobs. */

import {
  AppError,
  type GradlinkError,
  QuotaExceededError,
  ServerStoppedError,
  SessionLostError,
  StreamLostError,
  TransportError,
} from "../errors.ts";
import type { Dialect } from "./dialect.ts";
import { asNumber, asText, type JsonObject } from "./jsonvalue.ts";
import type { UnexpectedError } from "./messages.ts";
import { unquoted } from "./quirks.ts";
import { readQuotaMessage } from "./quota.ts";

/**
 * Return the error that the app's function raised, from the `output` that reports it.
 *
 * @param hint what was probably meant by arguments that look wrong.
 */
export function appError(
  output: JsonObject,
  title: string | undefined,
  dialect: Dialect,
  endpoint: string,
  hint = "",
): AppError {
  const text = output["error"] ?? null;
  // In generators, up to 4.22 at least; what a gr.Error says is in quotes there.
  const hidden = text === null || (text === "None" && dialect.quotesErrors);
  const message = hidden
    ? "the app raised an exception and hides its details; its author can show them with show_error=True in launch(), or by raising gr.Error"
    : said(asText(text) ?? JSON.stringify(text), dialect);
  // The title of the message itself is null for errors in generators, that of the output is set.
  const heading = asText(output["title"]) || title || "Error";
  const quota = readQuotaMessage(heading, message);
  return new (quota ? QuotaExceededError : AppError)(message, {
    ...quota,
    endpoint,
    title: heading,
    hint: quota ? "" : hint,
    duration: "duration" in output ? (asNumber(output["duration"]) ?? null) : 10,
    visible: output["visible"] !== false,
    print_exception: output["print_exception"] !== false,
    execution: "failed",
    ...(hidden ? {} : { serverText: message.slice(0, 2000) }),
  });
}

function said(text: string, { quotesErrors }: Dialect): string {
  return quotesErrors ? unquoted(text) : text;
}

/** Return an error like `error`, with another text. */
export function withText(error: GradlinkError, text: string): GradlinkError {
  const { cause } = error;
  return new (error.constructor as typeof GradlinkError)(text, { ...error, cause });
}

/** Return `error`; the text of one of the network names the endpoint and the job of a call that may have run. */
export function tellingCall(error: GradlinkError): GradlinkError {
  const { message, endpoint, eventId, execution } = error;
  if (!(error instanceof TransportError) || execution !== "unknown" || !endpoint) return error;
  const isNamed = message.startsWith(endpoint) || message.includes(` ${endpoint}`);
  const job = eventId === undefined ? "call" : `job ${eventId}`;
  return withText(error, `${isNamed ? "" : `${endpoint}: `}${message}; the ${job} may have run`);
}

/** Return what an `unexpected_error` of the stream means for the jobs on it. */
export function streamError(message: UnexpectedError): StreamLostError {
  const said = `(it said: ${message.message})`;
  if (message.session_not_found) {
    return new SessionLostError(
      `the server no longer knows this session: it was restarted, or several replicas run behind this URL without sticky sessions ${said}`,
    );
  }
  if (/stopped/i.test(message.message)) return new ServerStoppedError(`the server is shutting down ${said}`);
  return new StreamLostError(`the server aborted the stream ${said}`);
}
