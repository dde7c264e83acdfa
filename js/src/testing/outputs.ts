/** What a script gives, as the values of its endpoint's outputs. */

import { ArgumentError } from "../errors.ts";
import { isNumbers, type LocalFile, readFile } from "../protocol/filedata.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import { plainCopy } from "../protocol/plain.ts";
import { type FakeEndpoint, functionOf, isNoValue } from "./endpoint.ts";
import { isError, Outputs, Queued, Script, Stream, shown } from "./script.ts";

/** What was given is nothing that the endpoint can give; the text says why, and is shown to the caller. */
export class WrongResult extends Error {}

/** A file of a value, and the place in it that is to be filled in. */
export interface Place {
  readonly file: LocalFile;
  readonly into: JsonObject;
}

/** The values of the outputs as JSON, with empty objects in the places of the files. */
export interface Given {
  readonly values: JsonValue[];
  readonly places: readonly Place[];
}

/**
 * Return the values of the outputs.
 *
 * @throws WrongResult if there are too few or too many, or if one is neither JSON nor a file.
 */
export function outputsOf({ outputs, isDeclared }: FakeEndpoint, value: unknown): Given {
  const count = outputs.length;
  const isSeveral = value instanceof Outputs;
  let values: readonly unknown[] = [value];
  if (isSeveral) {
    values = value.values;
    if (!isDeclared)
      throw new WrongResult(
        `it gave ${values.length} outputs, and does not say that it has several; ` +
          `write endpoint(f, { outputs: ${values.length} })`,
      );
  } else if (count === 0 && (value === undefined || value === null)) values = [];
  else if (count !== 1 && Array.isArray(value)) values = value;
  if (values.length !== count)
    throw new WrongResult(`it has ${count} outputs, and gave ${shown(isSeveral ? values : value)}`);
  const places: Place[] = [];
  try {
    return { values: values.map((one) => plainCopy(one ?? null, "a value", take)), places };
  } catch (error) {
    throw error instanceof ArgumentError ? new WrongResult(error.message) : error;
  }

  function take(item: object): JsonValue | undefined {
    const file = isNumbers(item) ? undefined : readFile(item);
    if (!file) return undefined;
    if (typeof file.source !== "object" || !("size" in file.source))
      throw new WrongResult(`the file ${shown(file.name)} is not read here; give a Blob, File or bytes`);
    const into: JsonObject = {};
    places.push({ file, into });
    return into;
  }
}

/** Throw WrongResult if a script, as far as it is known before it is called, cannot be played. */
export function checkScript(endpoint: FakeEndpoint, script: unknown = endpoint.script): void {
  if (script instanceof Queued) {
    if (script.then_ !== undefined) checkScript(endpoint, script.then_);
  } else if (script instanceof Stream) {
    for (const item of script.items) {
      checkItem(item);
      if (!isNoValue(item)) outputsOf(endpoint, item);
    }
  } else if (!isError(script) && !functionOf(script)) outputsOf(endpoint, script);
}

/** Throw WrongResult for what cannot stand in a stream. */
export function checkItem(item: unknown): void {
  if (!(item instanceof Script)) return;
  const maker = item instanceof Stream ? "stream" : item instanceof Queued ? "queued" : "endpoint";
  throw new WrongResult(`${maker}() cannot stand inside of a stream`);
}

/** Return what leads from one value of an output to the next, as the wire has it. */
export function edits(old: JsonValue | undefined, value: JsonValue): JsonValue[] {
  if (JSON.stringify(old) === JSON.stringify(value)) return [];
  if (typeof old === "string" && typeof value === "string" && old && value.startsWith(old))
    return [["append", [], value.slice(old.length)]];
  return [["replace", [], value]];
}
