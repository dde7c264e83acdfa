/**
 * What the Hub's answers mean.
 *
 * Wire: an error has its code and its text in the headers X-Error-Code and X-Error-Message, the rate limit stands in
 * `ratelimit`.
 */

import { asObject, asText, decode, type JsonObject } from "../protocol/jsonvalue.ts";
import { type Reply, retryAfter } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import { HubAuthenticationError, HubError, type HubErrorFacts, HubRateLimitError } from "./errors.ts";
import { type Runtime, readRuntime } from "./stages.ts";

const MAX_SHOWN = 500;
// What the Hub says of a token that is none.
const REFUSED_TOKEN = "Invalid credentials in Authorization header";

/** A Space as the Hub describes it. */
export interface SpaceInfo {
  readonly space_id: string;
  /** Where it is reached. */
  readonly host: string | undefined;
  /** Only its owner and the owner's organisation may call it. */
  readonly isPrivate: boolean;
  readonly runtime: Runtime;
}

/** Return the JSON object of a good answer. Throws what `hubError` says of any other one. */
export function hubJson(reply: Reply, what: string): JsonObject {
  if (reply.status < 200 || reply.status > 299) throw hubError(reply, what);
  return reply.body.trim() ? asObject(decode(reply.body, `the Hub's answer to ${what}`)) : {};
}

/** Return the Space that the Hub describes; its name may differ from `asked`, if it was renamed. */
export function readSpace(data: JsonObject, asked: string): SpaceInfo {
  const subdomain = asText(data["subdomain"]);
  return {
    space_id: asText(data["id"]) || asked,
    host: asText(data["host"]) ?? (subdomain && `https://${subdomain}.hf.space`),
    isPrivate: data["private"] === true,
    runtime: readRuntime(data["runtime"]),
  };
}

/** Return what an answer of the Hub that is not a good one means; `what` names the request in the text. */
export function hubError(reply: Reply, what: string): HubError {
  const { status, headers } = reply;
  const text = textOf(reply);
  const url = withoutCredentials(reply.url);
  const hubCode = headers.get("x-error-code") ?? undefined;
  const facts: HubErrorFacts = { status, url, serverText: text, hubCode };
  const said = `${what}: the Hugging Face Hub (${url}) answered ${status}`;
  if (status === 429) {
    facts.retryAfter = secondsToWait(reply);
    return new HubRateLimitError(`${said}: too many requests, try again later (${text})`, facts);
  }
  if (status === 401) return new HubAuthenticationError(`${said}: ${text}`, facts);
  if (status === 402) return new HubError(`${said}: payment required (${text})`, facts);
  if (status === 403)
    return new HubError(`${said}: the token lacks the permission for this (${text})`, facts);
  if (status >= 500) return new HubError(`${said}: it is not available at the moment (${text})`, facts);
  return new HubError(`${said}: ${text}`, facts);
}

/** Tell whether the Hub refused the token itself, rather than what was asked for with it. */
export function tokenRefused({ status, headers }: Reply): boolean {
  return status === 401 && headers.get("x-error-message") === REFUSED_TOKEN;
}

function textOf({ headers, body }: Reply): string {
  let text = headers.get("x-error-message");
  try {
    text ||= asText(asObject(JSON.parse(body))["error"]) ?? null;
  } catch {
    text = body;
  }
  return (text ?? "").trim().slice(0, MAX_SHOWN) || "no text";
}

function secondsToWait({ headers }: Reply): number | undefined {
  const [, seconds] = /;\s*t\s*=\s*(\d+)/.exec(headers.get("ratelimit") ?? "") ?? [];
  return retryAfter(headers.get("retry-after")) ?? (seconds ? Number(seconds) : undefined);
}
