/** The app's login and cookies, and redirects: loaded when an app has them. */

import { AuthenticationError, RedirectError } from "../errors.ts";
import { type Reply, replyError } from "../protocol/replies.ts";
import { origin, resolve, withoutCredentials } from "../protocol/routes.ts";
import { dropBody } from "../protocol/streams.ts";
import type { AbortSignalLike, FetchLike, RequestOptions, ResponseLike } from "../types.ts";
import { CookieJar } from "./cookies.ts";
import { type Http, isRedirect, type Request, readReply } from "./http.ts";
import { form } from "./multipart.ts";

const MAX_REDIRECTS = 5;

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

/** Keep the cookies of an answer from `url`, where the platform does not. */
export function keepCookies(
  client: { jar?: CookieJar | undefined; cookies?: string | undefined },
  lines: readonly string[],
  url: string,
): void {
  client.jar ??= new CookieJar(client.cookies);
  client.jar.take(lines, url);
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

/** Follow redirects that stay with the app's origin, and return the answer at their end. */
export async function follow(
  http: Http,
  fetch: FetchLike,
  given: string,
  init: RequestOptions & { method: string },
  first: ResponseLike,
): Promise<ResponseLike> {
  let [url, response] = [given, first];
  const isConfig = given.replace(/[?].*/, "") === `${http.base}config`;
  for (let step = 0; step < MAX_REDIRECTS; step++) {
    if (!isRedirect(response)) return response;
    const target = response.status
      ? resolve(url, response.headers.get("location") ?? "")?.href
      : await hidden(url, init);
    if (!target || target === url) return response;
    if (init.method !== "GET" && response.status && response.status < 307) {
      throw refused(url, target, `loses the ${init.method}; use that URL`);
    }
    await dropBody(response.body);
    url = allowed(http, url, target);
    response = await fetch(url, init);
    // The app has moved as a whole. Where its config is asked for is the client's word, any other address the app's.
    const { pathname, search } = new URL(url);
    if (isConfig && pathname.endsWith("/config"))
      http.base = url.slice(0, url.length - search.length - "config".length);
  }
  throw new RedirectError(`${withoutCredentials(url)}: gave up after ${MAX_REDIRECTS} redirects`);
}

/** Return where a redirect leads that a browser hides: it goes there without anything that is secret. */
async function hidden(url: string, init: RequestOptions): Promise<string> {
  const probe = await globalThis.fetch(url, { signal: init.signal as AbortSignal, credentials: "omit" });
  await dropBody(probe.body);
  return probe.url;
}

/** Return where a redirect leads, if what goes along stays in the same hands. */
function allowed(http: Http, url: string, target: string): string {
  if (!stays(url, target)) throw refused(url, target, "is another host; if it is the app, use that URL");
  // A file of another host may be redirected, too: that host gets nothing for it.
  if (http.owns(url)) http.origins.add(origin(target));
  return target;
}

/**
 * Tell whether a redirect keeps what goes along with the request in the same hands.
 *
 * The step from http to https on one host counts, since every server that wants https makes it.
 */
function stays(url: string, target: string): boolean {
  const [before, after] = [new URL(url), new URL(target)];
  if (before.origin === after.origin) return true;
  const upgraded =
    before.protocol === "http:" && after.protocol === "https:" && before.hostname === after.hostname;
  return upgraded && (after.port === "" || after.port === before.port);
}

function refused(url: string, target: string, why: string): RedirectError {
  const [from, to] = [withoutCredentials(url), withoutCredentials(target)];
  return new RedirectError(`${from} redirects to ${to}, which ${why}`, {
    url: from,
    execution: "not started",
  });
}
