/** From the arguments of a call to the values that are sent. Vectors: payloads. */

import { ArgumentError } from "../errors.ts";
import { closest } from "./close-names.ts";
import type { Dialect } from "./dialect.ts";
import {
  carriedFile,
  isMeta,
  isNumbers,
  type LocalFile,
  META,
  type Path,
  readFile,
  unquote,
} from "./filedata.ts";
import type { JsonObject, JsonValue } from "./jsonvalue.ts";
import { type Mistake, mistakesIn } from "./mistakes.ts";
import { insteadOf, isPrimitive, named, plainCopy } from "./plain.ts";
import type { Routes } from "./routes.ts";
import type { Endpoint, Parameter } from "./schema.ts";

/** The arguments of a call: by position, or by the app's own names. */
export type Arguments = readonly unknown[] | object;

/** A file to send before the call: where it goes in the data, and what it is. */
export interface Upload {
  readonly path: Path;
  readonly file: LocalFile;
  /** Class of the component that it is for, such as "Image". */
  readonly component: string;
}

/** What arguments are bound to. */
export type Bindable = Pick<Endpoint, "title" | "parameters" | "inputCount" | "callable">;

/** A call ready to be sent. */
export interface Payload<E extends Bindable = Endpoint> {
  readonly endpoint: E;
  /** One value per input; State and layout are null, files to upload too. */
  readonly data: JsonValue[];
  /** What the nulls of files stand for. */
  readonly uploads: readonly Upload[];
  /** What it was bound from, to bind it again when the app has been restarted. */
  readonly given: Arguments;
  /** Arguments that look wrong. */
  readonly mistakes: readonly Mistake[];
}

/**
 * Return what calling `endpoint` with these arguments sends.
 *
 * The values are copied: what the caller changes afterwards changes nothing.
 *
 * @param dialect that of the app; without it no mistakes are looked for.
 * @throws ArgumentError if a parameter is unknown, missing or given twice, or a value is not JSON and no file.
 */
export function bind<E extends Bindable>(
  endpoint: E,
  given: Arguments,
  routes: Routes,
  dialect?: Dialect,
): Payload<E> {
  if (!endpoint.callable) {
    throw new ArgumentError(`${endpoint.title} has no function at the server`);
  }
  const { parameters } = endpoint;
  const values = match(endpoint, given);
  const mistakes = dialect ? mistakesIn(parameters, values, dialect) : [];
  for (const one of parameters) if (!values.has(one.slot)) values.set(one.slot, one.default);
  const uploads: Upload[] = [];
  const data: JsonValue[] = Array(Math.max(endpoint.inputCount, parameters.length)).fill(null);
  let bySlot: Map<number, Parameter> | undefined;
  for (const [slot, value] of values) {
    if (isPrimitive(value)) {
      data[slot] = value;
      continue;
    }
    bySlot ??= new Map(parameters.map((one) => [one.slot, one]));
    const parameter = bySlot.get(slot);
    const place = parameter?.name ?? `value ${slot}`;
    const shown = `${endpoint.title}: ${place}`;
    data[slot] = plainCopy(value, shown, (item, path) => take(item, path, shown, parameter), [slot]);
  }
  return { endpoint, data, uploads, given, mistakes };

  /** Take a file; the place of one that is to be sent is null so far. */
  function take(item: object, path: Path, shown: string, parameter?: Parameter): JsonValue | undefined {
    const plain = item as Record<string, unknown>;
    const carried = parameter?.plain ? undefined : carriedFile(item as JsonObject);
    const found = isNumbers(item) ? undefined : (carried ?? readFile(item));
    const own = serverPath(found?.source ?? plain["url"] ?? plain["path"], routes);
    // The server reads its own file; it would refuse to fetch it from itself by URL.
    if (found && own)
      return { path: own, url: `${found.source}`, orig_name: found.name, meta: { _type: META } };
    if (found) {
      uploads.push({ path, file: found, component: parameter?.component ?? "" });
      return null;
    }
    if (!own || parameter?.plain || !isMeta(plain["meta"])) return undefined;
    return plainCopy({ ...plain, path: own }, shown, undefined, path);
  }
}

/** Return what an error of the app says of these arguments, "" if they look right. */
export function hintOf({ mistakes }: Payload): string {
  return mistakes.map(({ text }) => text).join("; ");
}

/** Throw ArgumentError if the app is certain to refuse an argument, most often without a reason. */
export function refuseMistakes({ endpoint, mistakes }: Payload): void {
  const mistake = mistakes.find(({ certain }) => certain);
  if (mistake) throw new ArgumentError(`${endpoint.title}: ${mistake.text}`);
}

/** Return the server's path of a file that `url` names if the app itself serves it. */
function serverPath(url: unknown, { api }: Routes): string | undefined {
  const text = (url as { href?: unknown } | null | undefined)?.href ?? url;
  if (typeof text !== "string" || !text.startsWith(`${api}file`)) return undefined;
  return unquote(text.slice(api.length + 5).replace(/[?#].*/, ""));
}

/** Throw ArgumentError for data of an event that is not JSON; what is in it is the app's. */
export function checkEventData(event_data: unknown): void {
  try {
    JSON.stringify(event_data);
  } catch (cause) {
    const text = `event_data is not JSON: ${(cause as Error).message}`;
    throw new ArgumentError(text, { cause, execution: "not started" });
  }
}

/** Return the body of the join, or of the direct route. */
export function bodyOf(
  endpoint: Endpoint,
  data: JsonValue[],
  session_hash: string,
  more: { readonly event_data: unknown; readonly trigger_id?: unknown },
  oauth_token?: string,
): Record<string, unknown> {
  const { event_data = null, trigger_id = null } = more;
  const body = { data, fn_index: endpoint.fn_index, session_hash, event_data, trigger_id };
  return oauth_token && endpoint.oauthToken ? { ...body, oauth_token } : body;
}

function match(endpoint: Bindable, given: Arguments): Map<number, unknown> {
  const { parameters, title, inputCount } = endpoint;
  const values = new Map<number, unknown>();
  const set = (slot: number, value: unknown) => value === undefined || values.set(slot, value);
  if (Array.isArray(given)) {
    if (given.length > parameters.length) {
      if (given.length !== inputCount) {
        throw new ArgumentError(
          `${title} takes ${parameters.length} arguments, ${given.length} were given; ${takes(endpoint)}`,
        );
      }
      // A page of the app gives a value for each input, null for State.
      for (const [slot, value] of given.entries()) set(slot, value);
    } else for (const [index, value] of given.entries()) set((parameters[index] as Parameter).slot, value);
  } else {
    const instead = typeof given === "object" && given ? insteadOf(given) : "give an array or an object";
    if (instead) {
      const what = typeof given === "object" && given ? named(given) : `${given}`;
      throw new ArgumentError(
        `${title} takes its arguments as an array or by name, not as ${what}: ${instead}`,
      );
    }
    // Of two with one name the first one is meant.
    const byName = new Map([...parameters].reverse().map((one) => [one.name, one]));
    for (const [name, value] of Object.entries(given)) {
      const parameter = byName.get(name);
      if (!parameter) {
        const close = closest(name, byName.keys());
        const hint = close === undefined ? ";" : `, did you mean ${JSON.stringify(close)}?`;
        throw new ArgumentError(
          `${title} has no parameter ${JSON.stringify(name)}${hint} ${takes(endpoint)}`,
        );
      }
      set(parameter.slot, value);
    }
  }
  const missing = parameters.filter((one) => !values.has(one.slot) && !one.hasDefault).map((one) => one.name);
  if (missing.length) throw new ArgumentError(`${title} needs ${missing.join(", ")}; ${takes(endpoint)}`);
  return values;
}

/** Return the parameters of `endpoint` as text for messages. */
function takes({ parameters }: Bindable): string {
  if (!parameters.length) return "it takes no arguments";
  return `it takes: ${parameters.map(({ name, hasDefault, default: value }) => (hasDefault ? `${name} (default ${defaultText(value)})` : name)).join(", ")}`;
}

function defaultText(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
