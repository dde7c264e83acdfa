/** What only older servers need, most of them before 5.2: what they do not describe, cannot do, or say in Python's notation. */

import { EndpointError } from "../errors.ts";
import type { Dialect } from "./dialect.ts";
import { asObject, asText, type JsonObject } from "./jsonvalue.ts";
import type { Endpoint } from "./schema.ts";

/** Return what a component is called. */
export function labelOf(component: JsonObject): string {
  return asText(asObject(component["props"])["label"]) || asText(component["type"]) || "value";
}

// Components whose value on the page is not a default of a call: it is what the page was built with.
const NO_DEFAULT = /^(file|image|audio|video|chatbot|gallery|uploadbutton)$/;

/** Return what /info would say of a parameter, as far as calls need it. */
export function describe(component: JsonObject): JsonObject {
  const kind = asText(component["type"]) || "value";
  const title = kind.replace(
    /[a-z]+/gi,
    (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
  );
  return { label: labelOf(component), component: title, ...describeDefault(component) };
}

/** Return what /info would say of a parameter's default: it is what the component holds. */
export function describeDefault(component: JsonObject): JsonObject {
  const value = asObject(component["props"])["value"] ?? null;
  if (value === null || NO_DEFAULT.test(asText(component["type"]) ?? "")) return {};
  return { parameter_has_default: true, parameter_default: value };
}

/**
 * Refuse what would stop the server's queue.
 *
 * @throws EndpointError for a batch function of 4.0 - 4.15.
 */
export function refuseBatch({ batch, title }: Endpoint, dialect: Dialect): void {
  if (!batch || !dialect.queueMayStop) return;
  throw new EndpointError(
    `${title} is a batch function: a call of it stops the queue of Gradio ${dialect.release}, it needs 4.16`,
  );
}

/** Return an identifier for each of `names`, all different; a name that is one already stays, unless it is there before. */
export function identifiers(names: string[]): string[] {
  const wanted = names.map((name, position) => {
    if (/^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(name)) return name;
    const words = name.toLowerCase().match(/\p{ID_Continue}+/gu) ?? [];
    const joined = words.join("_");
    if (!joined) return `param_${position}`;
    return /^\p{ID_Start}|^_/u.test(joined) ? joined : `_${joined}`;
  });
  // A made-up name must not take the place of a real one that comes later.
  const all = new Set(wanted);
  const seen = new Set<string>();
  // Where the search for a free number goes on: what was taken stays so.
  const counts = new Map<string, number>();
  return wanted.map((name) => {
    let unique = name;
    let count = counts.get(name) ?? 2;
    while (seen.has(unique) || (unique !== name && all.has(unique))) unique = `${name}_${count++}`;
    counts.set(name, count);
    seen.add(unique);
    return unique;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Return the text that a Python repr stands for, which the error's text is before 5.2. */
export function unquoted(text: string): string {
  const inner = /^(['"])([^]*)\1$/.exec(text)?.[2];
  if (inner === undefined) return text;
  return inner.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([^]))/g,
    (_, byte, unit, point, letter: string) =>
      letter === undefined
        ? letterOf(Number.parseInt(byte ?? unit ?? point, 16))
        : (ESCAPES[letter] ?? letter),
  );
}

function letterOf(code: number): string {
  return code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
}

// Components that hold nothing to send or to show; from 4.0 on /config marks them with skip_api.
const LAYOUT_TYPES =
  /^(state|row|column|tabs|tab|tabitem|box|form|accordion|group|interpretation|dataset|sidebar)$/;

/** Tell whether a component of this type holds nothing to send or to show. */
export function isLayout(type: unknown): boolean {
  return LAYOUT_TYPES.test(asText(type) ?? "");
}
