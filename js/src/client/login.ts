/** The app's login, and its cookies for runtimes that keep none themselves; both go to no other origin. */

import { AuthenticationError } from "../errors.ts";
import { readReply } from "../protocol/bodies.ts";
import { type Reply, replyError } from "../protocol/replies.ts";
import { resolve, withoutCredentials } from "../protocol/routes.ts";
import type { AbortSignalLike } from "../types.ts";
import type { Request } from "./exchange.ts";
import type { Http } from "./http.ts";
import { form } from "./multipart.ts";
import { allowed, isRedirect, MAX_REDIRECTS } from "./redirects.ts";

/** Text of the error for an app that requires a login; Gradio's own page compares with it. */
export const MISSING_CREDENTIALS_MSG =
  "Login required: connect with the credentials auth: [username, password].";

/**
 * Log in with the app's form.
 *
 * Wire: POST /login (never prefixed); 3.16 answers 302, later releases 200, a wrong password is a 400.
 */
export async function login(http: Http, signal?: AbortSignalLike | null): Promise<void> {
  const [username, password] = http.auth as readonly [string, string];
  let url = `${http.base}login`;
  for (let step = 0; step < MAX_REDIRECTS; step++) {
    const sent = await form([
      ["username", username],
      ["password", password],
    ]);
    const { response, close, failure } = await http.open(url, {
      method: "POST",
      ...sent,
      stay: true,
      signal,
    });
    const { status } = response;
    const location = response.headers.get("location");
    const target = location ? resolve(url, location) : undefined;
    try {
      if (target && isRedirect(response) && (status > 303 || /\/login\/?$/.test(target.pathname))) {
        url = allowed(http, url, target.href);
        continue;
      }
      if (status === 200 || isRedirect(response)) return;
      if (status === 400 || status === 401 || status === 403) {
        const shown = withoutCredentials(url);
        const [reply] = await readReply(response, url);
        throw new AuthenticationError(
          `the login: ${shown} refused these credentials, the username ${JSON.stringify(username)} or its password`,
          { status, url: shown, serverText: reply.body.slice(0, 2000) },
        );
      }
      throw replyError((await readReply(response, url))[0], "the login");
    } catch (error) {
      throw failure(error);
    } finally {
      close();
    }
  }
}

/** Log in and repeat a request that was refused without a login. */
export async function againWithLogin(http: Http, url: string, request: Request): Promise<Reply> {
  await login(http, request.signal);
  const reply = await http.reply(url, request);
  if (reply.status !== 401) return reply;
  const shown = withoutCredentials(url);
  throw new AuthenticationError(
    `the app at ${shown} did not get the login: a browser sends its cookies to the page's own origin only; give credentials: "include" if both are on one site, or serve the page from the app's origin`,
    { status: 401, url: shown },
  );
}

interface Cookie {
  readonly value: string;
  readonly secure: boolean;
  readonly path: string;
}

const ATTRIBUTES = /^(path|domain|expires|max-age|samesite|priority)$/i;

/** A jar for one origin. */
export class CookieJar {
  readonly #cookies: Map<string, Cookie> = new Map();

  constructor(raw?: string) {
    if (raw) this.add(raw);
  }

  /** Add the cookies of a `Cookie` header, or of one `Set-Cookie`. */
  add(raw: string): void {
    for (const [name, value] of raw.split(";").map(pair)) {
      if (value !== undefined && !ATTRIBUTES.test(name))
        this.#cookies.set(name, { value, secure: false, path: "/" });
    }
  }

  /** Keep what an answer from `url` sets. */
  take(lines: readonly string[], url: string): void {
    for (const line of lines) {
      const [first = "", ...rest] = line.split(";");
      const [name, value] = pair(first);
      const attributes = new Map(rest.map(pair).map(([key, text]) => [key.toLowerCase(), text]));
      const age = attributes.get("max-age");
      const ended =
        age === undefined ? Date.parse(attributes.get("expires") ?? "") <= Date.now() : Number(age) <= 0;
      const given = attributes.get("path");
      const path = given?.startsWith("/") ? given : new URL(url).pathname.replace(/\/[^/]*$/, "") || "/";
      if (ended) this.#cookies.delete(name);
      else if (value !== undefined)
        this.#cookies.set(name, { value, secure: attributes.has("secure"), path });
    }
  }

  /** Return the `Cookie` header of a request, "" for none. */
  header(url: string): string {
    const { pathname, protocol } = new URL(url);
    const sent = [...this.#cookies].filter(([, { secure, path }]) => {
      if (secure && protocol !== "https:") return false;
      return pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
    });
    return sent.map(([name, { value }]) => `${name}=${value}`).join("; ");
  }
}

/** Return name and value of `name=value`; a value may hold further `=`. */
function pair(text: string): [name: string, value: string | undefined] {
  const [, name = text, value] = /^([^=]*)=([^]*)$/.exec(text) ?? [];
  return [name.trim(), value?.trim()];
}
