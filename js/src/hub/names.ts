/** How people name a Space: by its name, by its page on the Hub, or by its address. */

import { normalise, withoutEndSlashes, withoutSlashes } from "../protocol/routes.ts";

export const DEFAULT_ENDPOINT = "https://huggingface.co";
const HUB_HOSTS = ["huggingface.co", "www.huggingface.co", "hf.co"];
const SPACE_HOST = ".hf.space";
// Letters, digits and -_. in both parts, as the Hub allows them.
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\/[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

// Hosts of this machine with a path behind them look like names.
const LOCAL = /^(localhost|127(\.\d+){3})\//i;

/** A Space as it was named: by its name, or by an address of its own. */
export type SpaceReference =
  | { readonly space_id: string; readonly base?: undefined }
  | { readonly space_id?: undefined; readonly base: string; readonly subdomain: string };

/** Return what the Space is called in messages. */
export function titleOf(reference: SpaceReference): string {
  return reference.space_id ?? reference.base;
}

/** Return where the Hub at `endpoint` describes a Space. */
export function routeOf(endpoint: string, reference: SpaceReference): string {
  const way = reference.space_id ?? `by-subdomain/${encodeURIComponent(reference.subdomain ?? "")}`;
  return `${endpoint}/api/spaces/${way}`;
}

/** Tell whether `text` is a name such as "user/space". */
export function isSpaceId(text: string): boolean {
  return NAME.test(text);
}

/**
 * Return the Space that `typed` names, undefined if it is the address of another app.
 *
 * Takes "user/space", a page below `/spaces/` of the Hub, and `https://user-space.hf.space`. The latter over http is any
 * other app: what is sent there can be read on the way.
 */
export function spaceReference(
  typed: string,
  endpoint: string = DEFAULT_ENDPOINT,
): SpaceReference | undefined {
  const text = typed.trim();
  const bare = withoutEndSlashes(text).replace(/^spaces\//, "");
  if (isSpaceId(bare) && !LOCAL.test(bare)) return { space_id: bare };
  if (!text.includes("://")) {
    const [host = "", rest] = text.split("/", 2);
    // A page of the Hub, copied without its scheme.
    const isHub = rest && HUB_HOSTS.includes(host.toLowerCase());
    return isHub ? spaceReference(`https://${text}`, endpoint) : undefined;
  }
  if (!URL.canParse(text)) return undefined;
  const { hostname, host, pathname, protocol, username } = new URL(text);
  if (HUB_HOSTS.includes(hostname) || host === new URL(endpoint).host) {
    const [section, ...names] = withoutSlashes(pathname).split("/");
    const space_id = names.slice(0, 2).join("/");
    return section === "spaces" && isSpaceId(space_id) ? { space_id } : undefined;
  }
  const subdomain = hostname.slice(0, -SPACE_HOST.length);
  const isOwn = hostname.endsWith(SPACE_HOST) && subdomain && protocol === "https:" && !username;
  return isOwn ? { base: normalise(text), subdomain } : undefined;
}
