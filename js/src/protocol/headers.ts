/** Headers that a program gives: whether they can be sent at all. */

import { ArgumentError } from "../errors.ts";

// What a name may consist of (RFC 9110, "token"), and what no value may hold: it is sent as Latin-1.
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Check headers, in whichever form `fetch` takes them.
 *
 * @throws ArgumentError that names the first one that cannot be sent; it does not show its value.
 */
export function checkHeaders(option: string, given: object | null | undefined): void {
  const pairs = Symbol.iterator in (given ?? []) ? (given as Iterable<unknown>) : Object.entries(given ?? {});
  for (const pair of pairs ?? []) {
    const [name, value] = pair as [unknown, unknown];
    const wrong = wrongName(`${name}`) ?? wrongValue(value);
    if (wrong)
      throw new ArgumentError(`${option}: the header ${JSON.stringify(name)} cannot be sent: ${wrong}`, {
        execution: "not started",
      });
  }
}

function wrongName(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return name ? "a name has letters of ASCII, digits and !#$%&'*+-.^_`|~ only" : "its name is empty";
}

function wrongValue(value: unknown): string | undefined {
  if (typeof value === "object" && value) return "its value is an object, not a string";
  // What stands around a value is dropped when it is sent, such as the line end of a token that was read from a file.
  const found = UNSENDABLE.exec(`${value}`.trim())?.[0];
  if (found === undefined) return undefined;
  if (/[\r\n]/.test(found)) return "its value has a line break";
  const code = found.charCodeAt(0);
  if (code > 0x7f) return "its value has letters outside of Latin-1";
  return `its value has the control character U+${code.toString(16).padStart(4, "0").toUpperCase()}`;
}
