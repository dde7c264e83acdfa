/** Why the platform failed: what it says first is "fetch failed", what that comes from stands in its causes. */

import { ConnectError, type GradlinkError, type TransportError } from "../errors.ts";

interface SystemError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const MAX_CAUSES = 10;

// What runtimes say when no connection was made; a browser says nothing, so there nobody knows.
const NO_CONNECTION =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|ConnectionRefused|\(Connect\)|bad port|CERT|ALTNAME|LEAF_SIGNATURE/;
// The server's certificate is not trusted.
const DISTRUST = /CERT|ALTNAME|LEAF_SIGNATURE/;
// A moment later neither a certificate is another one, nor does a name exist that did not, nor is a port allowed.
const LASTING = /CERT|ALTNAME|LEAF_SIGNATURE|ENOTFOUND|bad port/;

/** Return an error and what it comes from, the innermost last. */
function causesOf(error: unknown): SystemError[] {
  const found: SystemError[] = [];
  for (let one = error; typeof one === "object" && one && found.length < MAX_CAUSES; ) {
    const known = one as SystemError;
    found.push(known);
    // Of several addresses that were tried the first one says enough.
    one = (Array.isArray(known.errors) ? known.errors[0] : undefined) ?? known.cause;
  }
  return found;
}

/** Return what an error of the platform says, and the innermost of what it comes from. */
export function reasonOf(error: unknown): string {
  const said = causesOf(error)
    .map(textOf)
    .filter((text) => text);
  const [first = `${error}`, ...more] = said;
  const last = more[more.length - 1];
  return last === undefined || first.includes(last) ? first : `${first}: ${last}`;
}

/** Return the innermost of what an error of the platform says. */
export function innermostReason(error: unknown): string {
  const said = causesOf(error)
    .map(textOf)
    .filter((text) => text);
  return said[said.length - 1] ?? `${error}`;
}

/** Return ConnectError for an exchange that broke since there was no connection, otherwise `broken` itself. */
export function withoutConnection(broken: GradlinkError): GradlinkError {
  const hints = hintsOf(broken.cause);
  if (broken.name !== "TransportError" || !NO_CONNECTION.test(hints)) return broken;
  const { url } = broken as TransportError;
  let text = `no connection to ${url}: ${innermostReason(broken.cause)}`;
  if (DISTRUST.test(hints))
    text += "; an authority is trusted that NODE_EXTRA_CA_CERTS names in Node and Bun, and --cert in Deno";
  const transient = !LASTING.test(hints);
  return new ConnectError(text, { url, cause: broken.cause, execution: "not started", transient });
}

/** Return all that an error and its causes say, for whoever looks for a word. */
function hintsOf(error: unknown): string {
  return causesOf(error).map(textOf).join(" ");
}

function textOf({ message, code }: SystemError): string {
  const text = typeof message === "string" ? message : "";
  // The codes of a DOMException are numbers that mean nothing.
  if (typeof code !== "string" || text.includes(code)) return text;
  return text ? `${text} (${code})` : code;
}
