/** Finding out what an app is: /config and /info. */

import {
  AuthenticationError,
  ConnectTimeoutError,
  GradlinkError,
  ProtocolError,
  withFacts,
} from "../errors.ts";
import { asText, decode, isObject, type JsonObject, keepAppId } from "../protocol/jsonvalue.ts";
import { configOfPage } from "../protocol/pages.ts";
import { milliseconds, type Retries, type Timeout } from "../protocol/policy.ts";
import { type Reply, replyError, requiresToken, TOKEN_HINT } from "../protocol/replies.ts";
import { Routes, withoutCredentials } from "../protocol/routes.ts";
import { type AppSchema, checkApp, readApp } from "../protocol/schema.ts";
import type { AbortSignalLike, ClientOptions } from "../types.ts";
import { appAbove, appOfPage } from "./address.ts";
import type { Request } from "./exchange.ts";
import type { Http } from "./http.ts";
import { login, MISSING_CREDENTIALS_MSG } from "./login.ts";

/** What was found at an address. */
export interface Found {
  readonly routes: Routes;
  readonly schema: AppSchema;
}

/** How often and for how long it is tried. */
interface Limits {
  readonly retries: Retries;
  readonly timeout: Timeout;
}

/**
 * Return the app behind `http`; its base changes if the typed URL redirects.
 *
 * @throws ConnectTimeoutError if all of that takes longer than `timeout.connect`; AuthenticationError if the app requires a login and none was given, or it refused it; NotFoundError if there is
 * no Gradio app at this URL; ProtocolError if the app uses a protocol that gradlink does not support.
 */
export function connect(http: Http, options: ClientOptions, { retries, timeout }: Limits): Promise<Found> {
  const seconds = timeout.connect;
  const late = () => {
    const url = withoutCredentials(http.base);
    const text = `connecting to ${url} took over ${seconds} s (the limit is timeout.connect)`;
    return new ConnectTimeoutError(text, { url, seconds: seconds as number, execution: "not started" });
  };
  const found = within(seconds, (signal) => find(http, options, retries, signal), late);
  return found.catch((error: unknown) => {
    throw notStarted(error);
  });
}

/** Return `error` itself, which says of what comes before a call is sent that the function did not run. */
export function notStarted(error: unknown): unknown {
  return error instanceof GradlinkError ? withFacts(error, { execution: "not started" }) : error;
}

async function find(
  http: Http,
  options: ClientOptions,
  retries: Retries,
  signal: AbortSignalLike | undefined,
): Promise<Found> {
  const request = { signal, holds: "config" } as const;
  /** Go on with the app whose page was typed. */
  const from = (base: string) => {
    http.base = base;
    return find(http, options, retries, signal);
  };
  if (http.auth) {
    try {
      await login(http, signal);
    } catch (error) {
      const { status } = error as GradlinkError;
      const isNowhere = status === 404 || status === 405;
      const base = isNowhere ? await appAbove(http, request) : undefined;
      if (base === undefined) throw error;
      return await from(base);
    }
  }
  const { query_params = {} } = options;
  const { page } = query_params;
  const query = `info?${new URLSearchParams({ all_endpoints: "true", ...(page && { page }) })}`;
  // The prefix is only known from /config; guessing the newest one spares a round trip.
  const guess = new Routes(http.base, "gradio_api");
  let info = optional(http, guess.api + query, request);
  const reply = await http.read(
    `${http.base}config?${new URLSearchParams(query_params)}`.replace(/\?$/, ""),
    retries,
    "the app's config",
    request,
  );
  const config = await readConfig(http, reply, retries, request);
  const current = asText(config["current_page"]);
  // It is not an answer to /config, so it stood in the page.
  if (current && (reply.status !== 200 || reply.body.trimStart().startsWith("<")))
    return await from(appOfPage(http, current));
  const routes = new Routes(http.base, asText(config["api_prefix"]));
  // 3.x describes what its old Python client took, unless it is asked for the values themselves.
  if (routes.api !== guess.api)
    info = optional(http, routes.api + query + ("protocol" in config ? "" : "&serialize=False"), request);
  return { routes, schema: readApp(config, await info) };
}

/** Return the config that an app answers with, or that stands in its page, which is all that very old apps have. */
async function readConfig(http: Http, reply: Reply, retries: Retries, request: Request): Promise<JsonObject> {
  const { status, body } = reply;
  const url = withoutCredentials(reply.url);
  let config: unknown;
  if (status === 200 && !/^\s*</.test(body)) config = decode(keepAppId(body), `the config at ${url}`);
  else if (status === 200 || status === 404 || status === 405) {
    config = configOfPage(await http.read(http.base, retries, "the app's page", request));
  } else if (status !== 401) throw replyError(reply, "the app's config");
  if (status === 401 || (isObject(config) && config["auth_required"] === true)) {
    const message = requiresToken(reply) ? `${url} answered 401: ${TOKEN_HINT}` : MISSING_CREDENTIALS_MSG;
    throw new AuthenticationError(message, { status, url, serverText: body.slice(0, 2000) });
  }
  if (!isObject(config)) throw new ProtocolError(`the config at ${url} is not a JSON object`);
  checkApp(config);
  return config;
}

/**
 * Return /info, undefined where it is missing or broken: calls work without it.
 *
 * An old release on newer libraries answers 500 here while everything else works.
 */
async function optional(http: Http, url: string, request: Request): Promise<JsonObject | undefined> {
  try {
    const reply = await http.exchange(url, request);
    const info = reply.status === 200 ? decode(reply.body, url) : undefined;
    return isObject(info) && isObject(info["named_endpoints"]) ? info : undefined;
  } catch {
    return undefined;
  }
}

/** Return what `work` does, if it takes no longer than `seconds`; what is under way is ended then. */
async function within<T>(
  seconds: number | null,
  work: (signal: AbortSignal | undefined) => Promise<T>,
  late: () => GradlinkError,
): Promise<T> {
  if (seconds === null) return await work(undefined);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late());
      controller.abort();
    }, milliseconds(seconds));
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
