/** What the server's HTTP answers mean. Wire: docs/protocol.md, "Errors". Vectors: replies. */

import {
  AuthenticationError,
  type ErrorFacts,
  FileTooLargeError,
  GradlinkError,
  NotFoundError,
  ProtocolError,
  QueueError,
  RequestRejectedError,
  ResponseError,
  TooManyRequestsError,
  ValidationError,
  withFacts,
} from "../errors.ts";
import type { Dialect } from "./dialect.ts";
import { appError } from "./failures.ts";
import { asList, asObject, asText, decode, type JsonObject, type JsonValue } from "./jsonvalue.ts";
import { resolve, withoutCredentials } from "./routes.ts";

/** An answer, read to its end. */
export interface Reply {
  readonly status: number;
  readonly url: string;
  readonly body: string;
  readonly headers: { get(name: string): string | null };
}

const MAX_SHOWN = 2000;

/** Return the JSON of a good answer. Throws what `replyError` says of any other one. */
export function replyJson(reply: Reply, what: string): JsonValue {
  if (reply.status !== 200) throw replyError(reply, what);
  return decode(reply.body, `the answer to ${what}`);
}

/** Return the event id of an answer to a join. Throws what the refusal means; nothing has run then. */
export function eventIdOf(reply: Reply): string {
  try {
    const event_id = asText(asObject(replyJson(reply, "the join"))["event_id"]);
    if (event_id === undefined)
      throw new ProtocolError(`the answer to the join has no event_id: ${shown(reply)}`);
    return event_id;
  } catch (error) {
    // A good answer that cannot be read was an acceptance all the same.
    if (error instanceof GradlinkError)
      withFacts(error, { execution: reply.status === 200 ? "unknown" : "not started" });
    throw error;
  }
}

/** Return the server's paths of `count` uploaded files, in the order sent. */
export function uploadedPaths(reply: Reply, count: number): string[] {
  const paths = asList(replyJson(reply, "the upload")).filter((path) => typeof path === "string");
  if (paths.length === count) return paths;
  throw new ProtocolError(`${count} files were uploaded, the server named ${paths.length}: ${shown(reply)}`);
}

/** Return the output of an answer of the direct route; its `data` is a list. `hint` is for an error of the app. */
export function runOutput(
  reply: Reply,
  dialect: Dialect,
  title: string,
  hint?: string,
): JsonObject & { data: JsonValue[] } {
  const body = objectOf(reply);
  if (reply.status === 500 && "error" in body) throw appError(body, undefined, dialect, title, hint);
  const output = asObject(replyJson(reply, `the call of ${title}`));
  if (Array.isArray(output["data"])) return output as JsonObject & { data: JsonValue[] };
  throw new ProtocolError(`the answer of ${title} has no list 'data': ${shown(reply)}`);
}

/** Return what an answer that is not 200 means; `what` names the request in the text. */
export function replyError(reply: Reply, what: string): GradlinkError {
  const { status } = reply;
  const detail = objectOf(reply)["detail"];
  const url = withoutCredentials(reply.url);
  const facts = { status, url, serverText: shown(reply) };
  const problems = validationProblems(detail);
  if (status === 422 && problems.length) {
    const lines = problems.map(([name, message]) => `\n- ${name}: ${message}`);
    return new ValidationError(
      `${problems.length} parameter(s) failed validation:${lines.join("")}`,
      problems,
      facts,
    );
  }
  const text = detailText(detail) || facts.serverText;
  const said = `${what}: ${url} answered ${status}: `;
  if (status === 401) {
    const hint = requiresToken(reply) ? `${TOKEN_HINT} (${text})` : loginHint(detail, text);
    return new AuthenticationError(said + hint, facts);
  }
  if (status === 429) {
    const known = { ...facts, retryAfter: retryAfter(reply.headers.get("retry-after")) };
    return new TooManyRequestsError(`${said}too many requests, try again later (${text})`, known);
  }
  return new (classOf(status, text))(said + text, facts);
}

function classOf(status: number, text: string): new (message: string, facts: ErrorFacts) => GradlinkError {
  if (status === 404) return NotFoundError;
  if (status === 413) return FileTooLargeError;
  if (status === 400 || status === 422) return RequestRejectedError;
  return status === 503 && /queue/i.test(text) ? QueueError : ResponseError;
}

/** Return what an app's validator refused as [parameter, message]; empty if it was not a validator. */
export function validationProblems(detail: JsonValue | undefined): [string, string][] {
  const problems: [string, string][] = [];
  for (const [index, entry] of asList(detail).entries()) {
    const item = asObject(entry);
    if (item["__type__"] !== "validate" || item["is_valid"] !== false) continue;
    problems.push([asText(item["parameter_name"]) || `parameter_${index}`, asText(item["message"]) ?? ""]);
  }
  return problems;
}

/**
 * Return the seconds of a `Retry-After` header that holds a number, undefined otherwise.
 *
 * A date is ignored: what it means depends on the clocks of two machines.
 */
export function retryAfter(value: string | null): number | undefined {
  return value && /^\s*\d+(\.\d*)?\s*$/.test(value) ? Number(value) : undefined;
}

/** What a 401 is answered with that a token of the Hub is missing in, or refused. */
export const TOKEN_HINT =
  "it requires a Hugging Face token, or refuses the one it got; pass the option token";

/**
 * Tell whether a 401 asks for a token rather than for the app's login.
 *
 * Spaces that are not public answer so before their app is asked; a proxy says in a header what it takes.
 */
export function requiresToken({ url, body, headers }: Reply): boolean {
  if (/^\s*bearer\b/i.test(headers.get("www-authenticate") ?? "")) return true;
  const host = resolve(url, url)?.hostname ?? "";
  // What Gradio's own answers to who has not logged in have in them.
  return /(^|\.)(hf\.space|hf\.co|huggingface\.co)$/.test(host) && !/"(detail|auth_required)"/.test(body);
}

function loginHint(detail: JsonValue | undefined, text: string): string {
  const hint = text.startsWith("Incorrect")
    ? "the app refused this username and password"
    : "login required; pass auth: [username, password]";
  return `${hint} (${asText(asObject(detail)["auth_message"]) || text})`;
}

function detailText(detail: JsonValue | undefined): string {
  const text =
    asText(detail) ?? asText(asObject(detail)["error"]) ?? asList(detail).map(entryText).join("; ");
  return text.slice(0, MAX_SHOWN);
}

function entryText(entry: JsonValue): string {
  const item = asObject(entry);
  const message = asText(item["msg"]) || JSON.stringify(entry);
  const place = asList(item["loc"])
    .map((step) => asText(step) ?? JSON.stringify(step))
    .join(".");
  return place ? `${place}: ${message}` : message;
}

function objectOf(reply: Reply): JsonObject {
  try {
    return asObject(decode(reply.body, ""));
  } catch {
    return {};
  }
}

function shown(reply: Reply): string {
  return reply.body.slice(0, MAX_SHOWN).trim() || "no text";
}
