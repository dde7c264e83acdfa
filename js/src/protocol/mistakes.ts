/**
 * What was probably meant by an argument that cannot be a value of its parameter. Wire: docs/protocol.md, "Files".
 * Vectors: payloads/mistakes.
 */

import { isDataUri } from "./datauri.ts";
import type { Dialect } from "./dialect.ts";
import type { Parameter } from "./schema.ts";

// Components whose values are files: the schemas of 3.x call them texts or objects.
const FILES = /^(file|uploadbutton|image|audio|video|model3d)$/i;
const NUMBERS = /^(number|slider)$/i;
// A text with files, which is an object in every release that has the component.
const MESSAGE = /^multimodaltextbox$/i;
const SHOWN_CHARACTERS = 80;

/** An argument that looks wrong. */
export interface Mistake {
  /** The parameter, and what was probably meant. */
  readonly text: string;
  /** The app is certain to refuse it; the others may be what the app wants. */
  readonly certain: boolean;
}

/** Return the arguments that look wrong; `given` has by slot what the caller gives, and no defaults. */
export function mistakesIn(
  parameters: readonly Parameter[],
  given: ReadonlyMap<number, unknown>,
  dialect: Dialect,
): Mistake[] {
  return parameters.flatMap((parameter) => {
    const text = mistake(parameter, given.get(parameter.slot), dialect);
    const certain = dialect.checksFiles && !NUMBERS.test(parameter.component);
    return text ? [{ text: `${parameter.name} is ${text}`, certain }] : [];
  });
}

function mistake({ component, many }: Parameter, value: unknown, dialect: Dialect): string | undefined {
  const isText = typeof value === "string";
  if (FILES.test(component)) {
    // What 3.x takes for an image is the text of a data URI.
    if (dialect.fileForm !== "file data")
      return isText && !isDataUri(value) ? `a file: ${meant(value)}` : undefined;
    return many ? mistakenFiles(value) : mistakenFile(value);
  }
  if (!isText) return undefined;
  if (MESSAGE.test(component))
    return `a text with files: did you mean {'text': ${quoted(value)}, 'files': []}?`;
  if (NUMBERS.test(component))
    return `a number${isNumber(value) ? `: did you mean ${value}?` : `, not ${quoted(value)}`}`;
  return undefined;
}

function mistakenFile(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const [first] = value;
    return `one file${typeof first === "string" ? `: ${meant(first)}` : `, not a list of ${value.length}`}`;
  }
  if (typeof value === "string") return `a file: ${meant(value)}`;
  return isScalar(value) ? `a file, not ${value}` : undefined;
}

function mistakenFiles(value: unknown): string | undefined {
  const what = "a list of files";
  if (value == null) return undefined;
  if (Array.isArray(value)) {
    const text: unknown = value.find((item) => typeof item === "string");
    return typeof text === "string" ? `${what}: ${meant(text, "[", ", ...]")}` : undefined;
  }
  if (typeof value === "string") return `${what}: ${meant(value, "[", "]")}`;
  return what + (isScalar(value) ? `, not ${value}` : ": put the one in brackets, [...]");
}

/** Return what to write in place of the text of a path, or of an address. */
function meant(path: string, before = "", after = ""): string {
  return `did you mean ${before}${path ? `handle_file(${quoted(path)})` : null}${after}?`;
}

function isScalar(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function isNumber(text: string): boolean {
  return text.length < SHOWN_CHARACTERS && /\d/.test(text) && /^[+-]?\d*(\.\d*)?$/.test(text);
}

function quoted(text: string): string {
  const shown = text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 3)}...`;
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
