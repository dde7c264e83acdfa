/** An endpoint of a scripted app: its parameters, its outputs, and the script behind it. */

import { ArgumentError } from "../errors.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import { readParameters, type Taken } from "./parameters.ts";
import {
  Described,
  type EndpointFunction,
  type EndpointOptions,
  Happening,
  Hold,
  isError,
  Outputs,
  type Parameter,
  Queued,
  Stream,
  shown,
} from "./script.ts";

/** What has no function has no names for its arguments: it takes that many, whatever they are. */
export const MOST_UNNAMED = 10;

/** What is said of a value: its JSON Schema, and Python's name for its type. */
export interface Type {
  readonly schema: JsonObject;
  readonly words: string;
}

const ANY: Type = { schema: {}, words: "Any" };

/** A function of the app. */
export interface FakeEndpoint {
  /** With its leading slash. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** One for each output. */
  readonly outputs: readonly Type[];
  /** Its author has said how many outputs it has. */
  readonly isDeclared: boolean;
  /** What it does. */
  readonly script: unknown;
  /** How its function takes the arguments; undefined if it has none. */
  readonly taken: Taken | undefined;
  /** It is known to give several values. */
  readonly streams: boolean;
  readonly description: string;
}

/** Return the function that a script is; undefined if it is none. */
export function functionOf(script: unknown): EndpointFunction | undefined {
  if (script instanceof Described) return script.run;
  return typeof script === "function" ? (script as EndpointFunction) : undefined;
}

/**
 * Return the endpoint that was given as `script` under `name`.
 *
 * @throws ArgumentError for a name or a function that no endpoint can have.
 */
export function readEndpoint(name: string, script: unknown): FakeEndpoint {
  if (!name.startsWith("/") || name.length < 2) {
    const text = `the name of an endpoint begins with a slash, as "/caption", not ${shown(name)}`;
    throw new ArgumentError(`fakeApp: ${text}`);
  }
  const where = `fakeApp: ${name}`;
  if (script instanceof Happening || script instanceof Hold) {
    const maker = script instanceof Hold ? "hold" : script.maker;
    throw new ArgumentError(`${where}: ${maker}() stands in a stream(), not for an endpoint`);
  }
  let last = script;
  while (last instanceof Queued) last = last.then_;
  const run = functionOf(last);
  if (run) return ofFunction(name, run, last instanceof Described ? last.options : {}, script);
  const first = firstOf(last);
  const several = first instanceof Outputs ? first.values : [first];
  return {
    name,
    parameters: Array.from({ length: MOST_UNNAMED }, (_, index) => unnamed(index)),
    outputs: several.map(typeOf),
    isDeclared: true,
    script,
    taken: undefined,
    streams: last instanceof Stream,
    description: "",
  };
}

function ofFunction(
  name: string,
  run: EndpointFunction,
  options: EndpointOptions,
  script: unknown,
): FakeEndpoint {
  const { parameters: names, defaults = {}, outputs, description = "" } = options;
  const where = `fakeApp: ${name}`;
  const said = names?.map((one) => ({ name: one, hasDefault: false, default: undefined }));
  const read = said ? unlessUnknown(run, where) : readParameters(run, where);
  const known = said ?? read.parameters;
  for (const one of Object.keys(defaults)) {
    if (known.some(({ name }) => name === one)) continue;
    const hint = known.length
      ? known.map(({ name }) => name).join(", ")
      : "it has no names for what it takes";
    throw new ArgumentError(`${where}: a default of ${shown(one)}, which is no parameter: ${hint}`);
  }
  const parameters = known.map((one) =>
    one.name in defaults
      ? { name: one.name, hasDefault: true, default: defaultOf(defaults[one.name], one.name, where) }
      : one,
  );
  const isOpen = read.isOpen && !said;
  return {
    name,
    parameters: isOpen ? Array.from({ length: MOST_UNNAMED }, (_, index) => unnamed(index)) : parameters,
    outputs: Array.from({ length: outputs ?? 1 }, () => ANY),
    isDeclared: outputs !== undefined,
    script,
    taken: { ...read, isOpen },
    streams: /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(run)),
    description,
  };
}

/** Return how a function takes its arguments, whose names are said: one by one, if its source does not tell. */
function unlessUnknown(run: EndpointFunction, where: string): Taken {
  try {
    return readParameters(run, where);
  } catch {
    return { parameters: [], byName: false, isOpen: false, takesContext: false };
  }
}

function defaultOf(value: unknown, name: string, where: string): JsonValue {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {}
  if (text === undefined)
    throw new ArgumentError(`${where}: the default of ${name} is no JSON, but ${shown(value)}`);
  return JSON.parse(text) as JsonValue;
}

function unnamed(index: number): Parameter {
  return { name: `argument_${index + 1}`, hasDefault: true, default: null };
}

/** Return the first value that a script is certain to give. */
function firstOf(script: unknown): unknown {
  if (!(script instanceof Stream)) return script;
  return script.items.find((item) => !isNoValue(item));
}

/** Tell whether what stands in a stream is no value. */
export function isNoValue(item: unknown): boolean {
  return item instanceof Happening || item instanceof Hold || isError(item);
}

/** Return what can be said of a value that is always given. */
function typeOf(value: unknown): Type {
  if (typeof value === "string") return { schema: { type: "string" }, words: "str" };
  if (typeof value === "boolean") return { schema: { type: "boolean" }, words: "bool" };
  if (typeof value !== "number") return ANY;
  return Number.isInteger(value)
    ? { schema: { type: "integer" }, words: "int" }
    : { schema: { type: "number" }, words: "float" };
}
