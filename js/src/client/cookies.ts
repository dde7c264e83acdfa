/** The cookies of one app, for runtimes that keep none themselves; they go to no other origin. */

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
