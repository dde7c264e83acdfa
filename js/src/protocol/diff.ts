/**
 * Edits to a value, as Gradio streams them since 4.17.
 *
 * Wire: `process_generating.output.data` of protocol sse_v2 and later holds, for each output, a list of
 * `[action, path, value]`. Vectors: diffs.
 */

import { ProtocolError } from "../errors.ts";
import { isObject, type JsonObject, type JsonValue, MAX_NESTING, setOwn } from "./jsonvalue.ts";

const ACTIONS = ["replace", "append", "add", "delete"];

/**
 * Return `previous` with `edits` applied; `previous` itself is not changed.
 *
 * Only the containers on the way from the root to a change are copied, the rest is shared.
 *
 * @param edits list of `[action, path, value]`; path is keys and indexes from the root, `[]` the root itself.
 * @throws ProtocolError if an edit has an unknown action, or a path that does not exist.
 */
export function applyEdits(previous: JsonValue, edits: readonly JsonValue[]): JsonValue {
  let root = previous;
  // Containers made by this call may be changed again without another copy.
  const own = new Set<JsonValue>();
  for (const edit of edits) {
    const [action, path, value] = Array.isArray(edit) && edit.length === 3 ? edit : [];
    if (!Array.isArray(path) || !ACTIONS.includes(action as string))
      throw misfit(edit, "is none that is known");
    if (path.length > MAX_NESTING) throw misfit(edit, `has a path of more than ${MAX_NESTING} steps`);
    try {
      root = apply(root, action as string, path, value as JsonValue, own);
    } catch {
      throw misfit(edit, "does not fit the value before it");
    }
  }
  return root;
}

/** Components of which an empty list is no value. */
const NEVER_LISTS = /^(audio|checkbox|code|html|image|label|markdown|number|radio|slider|textbox|video)$/;

/**
 * Tell whether what stands for values are edits: a list of them for each output, which cannot be its value.
 *
 * @param values one per output.
 * @param outputs the component of each, null if nobody sees it; as far as they are known.
 */
export function areEdits(values: readonly JsonValue[], outputs: readonly (string | null)[]): boolean {
  let sure = false;
  for (const [index, ofOutput] of values.entries()) {
    if (!Array.isArray(ofOutput) || !ofOutput.every(isEdit)) return false;
    sure ||= ofOutput.length > 0 || NEVER_LISTS.test(outputs[index] ?? "");
  }
  return sure;
}

function isEdit(value: JsonValue): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [action, path] = value;
  return (
    ACTIONS.includes(action as string) &&
    Array.isArray(path) &&
    path.every((step) => typeof step === "string" || typeof step === "number")
  );
}

/** Return the values that edits make of any others; undefined if what somebody sees depends on those. */
export function replaced(
  edits: readonly JsonValue[],
  outputs: readonly (string | null)[] = [],
): JsonValue[] | undefined {
  const values: JsonValue[] = [];
  for (const [index, ofOutput] of edits.entries()) {
    const edit = Array.isArray(ofOutput) && ofOutput.length === 1 ? ofOutput[0] : undefined;
    const [action, path, value] = Array.isArray(edit) && edit.length === 3 ? edit : [];
    const isWhole = action === "replace" && Array.isArray(path) && !path.length;
    if (!isWhole && outputs[index] !== null) return undefined;
    values.push(isWhole ? (value as JsonValue) : null);
  }
  return values;
}

function misfit(edit: JsonValue, what: string): ProtocolError {
  return new ProtocolError(`the server's edit ${JSON.stringify(edit)?.slice(0, 120)} ${what}`);
}

function apply(
  before: JsonValue,
  action: string,
  path: JsonValue[],
  value: JsonValue,
  own: Set<JsonValue>,
): JsonValue {
  if (!path.length) return replacement(before, action, value);
  const root = owned(before, own);
  let parent = root;
  for (const key of path.slice(0, -1)) {
    const child = owned(childOf(parent, key), own);
    (parent as JsonObject)[key as string] = child;
    parent = child;
  }
  const key = path[path.length - 1] as JsonValue;
  if (action !== "replace" && action !== "append") change(parent, action, key, value);
  else (parent as JsonObject)[key as string] = replacement(childOf(parent, key), action, value);
  return root;
}

function change(parent: JsonValue, action: string, key: JsonValue, value: JsonValue): void {
  if (isObject(parent) && typeof key === "string") {
    if (action === "add") setOwn(parent, key, value);
    else {
      childOf(parent, key);
      delete parent[key];
    }
  } else if (Array.isArray(parent) && Number.isInteger(key)) {
    // The index of a delete has three meanings by version, one of them wrong. The server compares position by
    // position, so what it deletes and adds always is the end of a list.
    if (action === "add") parent.push(value);
    else if (!parent.length) throw key;
    else parent.pop();
  } else throw key;
}

function replacement(old: JsonValue, action: string, value: JsonValue): JsonValue {
  if (action === "append") {
    if (typeof old !== "string" || typeof value !== "string") throw action;
    return old + value;
  }
  return action === "delete" ? null : value;
}

function childOf(parent: JsonValue, key: JsonValue): JsonValue {
  const fits = Array.isArray(parent) ? Number.isInteger(key) : typeof key === "string";
  if (!fits || !Object.hasOwn(parent as JsonObject, key as string)) throw key;
  return (parent as JsonObject)[key as string] as JsonValue;
}

function owned(container: JsonValue, own: Set<JsonValue>): JsonValue {
  if (own.has(container)) return container;
  if (typeof container !== "object" || !container) throw container;
  const copy = Array.isArray(container) ? container.slice() : { ...container };
  own.add(copy);
  return copy;
}
