/** The parameters of a function, read from its source: what `Function.prototype.toString` returns. */

import { ArgumentError } from "../errors.ts";
import type { JsonValue } from "../protocol/jsonvalue.ts";
import type { EndpointFunction, Parameter } from "./script.ts";

/** How a function takes its arguments. */
export interface Taken {
  readonly parameters: readonly Parameter[];
  /** It takes one object, with the arguments by their names. */
  readonly byName: boolean;
  /** It takes any number of arguments, which have no names. */
  readonly isOpen: boolean;
  /** After them it takes what is known of the call. */
  readonly takesContext: boolean;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Return how a function takes its arguments.
 *
 * @throws ArgumentError, whose text begins with `where`, if its source does not say it.
 */
export function readParameters(run: EndpointFunction, where: string): Taken {
  // The functions that tests put in the place of others take whatever comes, and their source is not the test's.
  if ((run as { _isMockFunction?: unknown })._isMockFunction === true) return OPEN;
  const source = Function.prototype.toString.call(run);
  const list = listOf(source);
  if (list === undefined) {
    const name = run.name || "this function";
    throw new ArgumentError(
      `${where}: the parameters of ${name} are not known; write a function around it, ` +
        "or say them: endpoint(f, { parameters: [...] })",
    );
  }
  const [first, ...rest] = list;
  if (first?.startsWith("{")) {
    const end = endOf(first, 0);
    const parameters = split(first.slice(1, end)).map((one) => ofPattern(one, where));
    return { parameters, byName: true, isOpen: false, takesContext: rest.length > 0 };
  }
  if (first?.startsWith("...")) return OPEN;
  const takesContext = list.at(-1)?.startsWith("{") === true;
  const named = takesContext ? list.slice(0, -1) : list;
  return {
    parameters: named.map((one) => ofParameter(one, where)),
    byName: false,
    isOpen: false,
    takesContext,
  };
}

const OPEN: Taken = { parameters: [], byName: false, isOpen: true, takesContext: false };

/** Return the texts of the parameters; undefined if the source does not show them. */
function listOf(source: string): string[] | undefined {
  if (/^class\b/.test(source) || /\{\s*\[native code\]\s*\}\s*$/.test(source)) return undefined;
  let start = skipBlank(source, 0);
  if (source.startsWith("async", start)) {
    const after = skipBlank(source, start + 5);
    // One that is called "async" is followed by its parameters, or an arrow.
    if (source[after] !== "=" && (after > start + 5 || source[after] === "(" || source[after] === "*"))
      start = after;
  }
  const arrow = source.indexOf("=>", start);
  const alone = arrow < 0 ? "" : source.slice(start, arrow).trim();
  if (IDENTIFIER.test(alone)) return [alone];
  // What stands before the parameters is a name, which may be a text or computed.
  while (start < source.length && source[start] !== "(") start = skip(source, start);
  const end = endOf(source, start);
  return end < 0 ? undefined : split(source.slice(start + 1, end));
}

/** Return the parameter that an item of `{ a, b = 1, c: d }` is. */
function ofPattern(text: string, where: string): Parameter {
  if (text.startsWith("...")) throw open(text, where);
  const colon = find(text, ":");
  const value = find(text, "=");
  const ends = [colon, value].filter((place) => place >= 0);
  const key = text.slice(0, Math.min(text.length, ...ends)).trim();
  const name = /^["']/.test(key) ? key.slice(1, -1) : key;
  if (key.startsWith("[")) throw open(text, where);
  return withDefault(name, value < 0 ? undefined : text.slice(value + 1));
}

/** Return the parameter that an item of `a, b = 1` is. */
function ofParameter(text: string, where: string): Parameter {
  const value = find(text, "=");
  const name = (value < 0 ? text : text.slice(0, value)).trim();
  if (!IDENTIFIER.test(name)) throw open(text, where);
  return withDefault(name, value < 0 ? undefined : text.slice(value + 1));
}

function withDefault(name: string, text: string | undefined): Parameter {
  return { name, hasDefault: text !== undefined, default: text === undefined ? undefined : literal(text) };
}

function open(text: string, where: string): ArgumentError {
  return new ArgumentError(
    `${where}: an endpoint has so many parameters, each with a name; write them in the place of ${text}`,
  );
}

/** Return what a default is, if it is JSON, or a text in other quotes; undefined if only the function knows. */
function literal(text: string): JsonValue | undefined {
  const bare = text.trim();
  const inner = /^'([^'"\\]*)'$/.exec(bare)?.[1];
  if (inner !== undefined) return inner;
  try {
    return JSON.parse(bare) as JsonValue;
  } catch {
    return undefined;
  }
}

/** Return the parts of a list between its commas, without comments around them. */
function split(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let place = 0; place <= text.length; place = skip(text, place)) {
    if (place < text.length && text[place] !== ",") continue;
    const part = withoutComments(text.slice(start, place));
    // A comma may stand at the end.
    if (part || place < text.length) parts.push(part);
    start = place + 1;
  }
  return parts;
}

/** Return where `letter` stands outside of brackets, texts and comments; -1 if it does not. */
function find(text: string, letter: string): number {
  for (let place = 0; place < text.length; place = skip(text, place))
    if (text[place] === letter) return place;
  return -1;
}

/** Return where the bracket at `start` is closed; -1 if it is not. */
function endOf(text: string, start: number): number {
  const closing = CLOSING[text[start] ?? ""];
  for (let place = start + 1; place < text.length; place = skip(text, place))
    if (text[place] === closing) return place;
  return -1;
}

/** Return the place after what stands at `place`: a letter, a comment, a text, or all that is in brackets. */
function skip(text: string, place: number): number {
  const letter = text[place] ?? "";
  const comment = endOfComment(text, place);
  if (comment > place) return comment;
  if (letter in CLOSING) {
    const end = endOf(text, place);
    return end < 0 ? text.length + 1 : end + 1;
  }
  if (letter !== '"' && letter !== "'" && letter !== "`") return place + 1;
  let end = place + 1;
  while (end < text.length && text[end] !== letter) end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

/** Return the place after a comment that begins at `place`, or `place`. */
function endOfComment(text: string, place: number): number {
  const end = text.startsWith("/*", place) ? "*/" : text.startsWith("//", place) ? "\n" : "";
  if (!end) return place;
  const found = text.indexOf(end, place + 2);
  return found < 0 ? text.length : found + end.length;
}

function skipBlank(text: string, start: number): number {
  let place = start;
  for (;;) {
    const comment = endOfComment(text, place);
    if (comment > place) place = comment;
    else if (/\s/.test(text[place] ?? "")) place += 1;
    else return place;
  }
}

function withoutComments(text: string): string {
  let bare = "";
  for (let place = 0; place < text.length; ) {
    const comment = endOfComment(text, place);
    const next = comment > place ? comment : skip(text, place);
    if (comment === place) bare += text.slice(place, next);
    place = next;
  }
  return bare.trim();
}
