/** Redirects: those that stay with the app are followed. */

import { RedirectError } from "../errors.ts";
import { dropBody } from "../protocol/bodies.ts";
import { origin, resolve, withoutCredentials } from "../protocol/routes.ts";
import type { FetchLike, RequestOptions, ResponseLike } from "../types.ts";

/** How many redirects are followed, one after the other. */
export const MAX_REDIRECTS = 5;

/** What following a redirect changes: where the app is, and whose hosts are its own. */
interface Hosts {
  base: string;
  readonly origins: Set<string>;
  owns(url: string): boolean;
}

/** Tell whether an answer is a redirect; a browser hides where it leads. */
export function isRedirect({ status, type }: ResponseLike & { readonly type?: string }): boolean {
  return (status > 300 && status < 309 && status !== 304) || type === "opaqueredirect";
}

/** Follow redirects that stay with the app's origin, and return the answer at their end. */
export async function follow(
  hosts: Hosts,
  fetch: FetchLike,
  given: string,
  init: RequestOptions & { method: string },
  first: ResponseLike,
): Promise<ResponseLike> {
  let [url, response] = [given, first];
  const isConfig = given.replace(/[?].*/, "") === `${hosts.base}config`;
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
    url = allowed(hosts, url, target);
    response = await fetch(url, init);
    // The app has moved as a whole. Where its config is asked for is the client's word, any other address the app's.
    const { pathname, search } = new URL(url);
    if (isConfig && pathname.endsWith("/config"))
      hosts.base = url.slice(0, url.length - search.length - "config".length);
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
export function allowed(hosts: Hosts, url: string, target: string): string {
  if (!stays(url, target)) throw refused(url, target, "is another host; if it is the app, use that URL");
  // A file of another host may be redirected, too: that host gets nothing for it.
  if (hosts.owns(url)) hosts.origins.add(origin(target));
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
