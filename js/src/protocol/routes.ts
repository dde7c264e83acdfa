/** Addresses of a Gradio app, made from the URL that the user typed. */

/** The app's routes. */
export class Routes {
  /** The typed URL with one trailing slash, without query and fragment. */
  readonly base: string;
  /** Base and what /config calls `api_prefix` ("" before 5.0, "/gradio_api" since), with one trailing slash. */
  readonly api: string;

  constructor(base: string, prefix = "") {
    this.base = base;
    const inner = withoutSlashes(prefix);
    this.api = base + (inner && `${inner}/`);
  }

  /** Where the messages of a session are read (since 4.9). */
  stream(session_hash: string): string {
    return `${this.api}queue/data?session_hash=${encoded(session_hash)}`;
  }
}

/** Return `text` without the slashes at its end; a pattern would look at a run of them again from each one. */
export function withoutEndSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** Return `text` without the slashes at both its ends. */
export function withoutSlashes(text: string): string {
  return withoutEndSlashes(text.replace(/^\/+/, ""));
}

/** Return the base for a typed URL: no query, no fragment, one trailing slash. Throws what `URL` throws. */
export function normalise(typed: string): string {
  const url = new URL(typed);
  url.search = url.hash = "";
  url.pathname = `${withoutEndSlashes(url.pathname)}/`;
  return url.href;
}

/**
 * Return an address as people write it, such as `localhost:7860`, with its scheme: https, for this machine http.
 *
 * What does not look like a host is returned as it is.
 */
export function withScheme(typed: string): string {
  if (typed.includes("://")) return typed;
  const place = typed.replace(/[/?#][^]*/, "");
  const host = place.slice(place.lastIndexOf("@") + 1).toLowerCase();
  const [port] = /:\d{1,5}$/.exec(host) ?? [""];
  const name = host.slice(0, host.length - port.length);
  const isAddress = name.startsWith("[");
  const isHost = isAddress || name === "localhost" || (port && name) || /[^.]\.+[^.]/.test(name);
  if (!isHost || (!isAddress && /[^\p{L}\p{M}\p{N}._-]/u.test(name))) return typed;
  return `${/^(localhost|127\.|0\.0\.0\.0|\[)/.test(name) ? "http" : "https"}://${typed}`;
}

/** Return `text` as a part of an address; half a letter, which would make the encoder fail, as what is shown for it. */
export function encoded(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"));
}

/** A parsed address. */
export interface Address {
  readonly href: string;
  readonly origin: string;
  readonly protocol: string;
  readonly host: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly search: string;
  readonly searchParams: { get(name: string): string | null };
}

/** Return the absolute address of `location` as seen from `base`, undefined if it is not an address. */
export function resolve(base: string, location: string): Address | undefined {
  return URL.canParse(location, base) ? new URL(location, base) : undefined;
}

/** Return scheme, host and port of `url`; "" if it is not an address. */
export function origin(url: string): string {
  return resolve(url, url)?.origin ?? "";
}

/** Tell whether credentials of `one` may be sent to `other`. */
export function sameOrigin(one: string, other: string): boolean {
  return origin(one) !== "" && origin(one) === origin(other);
}

/** Return `url` without user, password and query, for messages. */
export function withoutCredentials(url: string): string {
  const parsed = resolve(url, url);
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : url.replace(/[?#].*/, "");
}
