/** The text within a value, and what was added to it since the value before. */

import { asObject, asText, isObject, type JsonValue } from "./jsonvalue.ts";
import type { Output } from "./outputs.ts";

/**
 * Finds what each output of a job adds to its text.
 *
 * The text is the first output that is a string, or the last answer of the first one that is a chat history; the first
 * output that brings any text is kept to.
 */
export class TextWalk {
  private index: number | undefined;
  private path = "[]";
  private text = "";

  /**
   * Return the text that `output` adds, "" if none.
   *
   * A text that was replaced by one that does not begin with it counts as new from its start.
   */
  advance(output: Output): string {
    const added = this.appended(output);
    if (added !== undefined) {
      this.text += added;
      return added;
    }
    const found = this.find(output.data);
    if (!found) return "";
    const [path, text] = found;
    const grown = path === this.path && text.startsWith(this.text) ? text.slice(this.text.length) : text;
    this.path = path;
    this.text = text;
    return grown;
  }

  /** Return the added text if the edits only append to the known place: no look at the whole. */
  private appended(output: Output): string | undefined {
    const edits = this.index === undefined ? undefined : output.edits?.[this.index];
    if (!Array.isArray(edits)) return undefined;
    let added = "";
    for (const edit of edits) {
      const [action, path, text] = edit as [string, JsonValue, JsonValue];
      if (action !== "append" || JSON.stringify(path) !== this.path) return undefined;
      added += text;
    }
    return added;
  }

  private find(data: JsonValue[]): readonly [string, string] | undefined {
    if (this.index !== undefined) return textOf(data[this.index] ?? null);
    for (const [index, value] of data.entries()) {
      const found = textOf(value);
      if (!found?.[1]) continue;
      this.index = index;
      return found;
    }
    return undefined;
  }
}

/** Return the path (as JSON) and text of a string, or of the last answer of a chat history; undefined if neither. */
export function textOf(value: JsonValue): readonly [path: string, text: string] | undefined {
  if (typeof value === "string") return ["[]", value];
  const last = Array.isArray(value) ? value.length - 1 : undefined;
  const turn = Array.isArray(value) ? value[value.length - 1] : value;
  const path: (string | number)[] = last === undefined ? [] : [last];
  if (Array.isArray(turn)) {
    const answer = turn.length === 2 ? asText(turn[1]) : undefined;
    return answer === undefined ? undefined : [JSON.stringify([...path, 1]), answer];
  }
  if (!isObject(turn) || turn["role"] !== "assistant") return undefined;
  const { content } = turn;
  path.push("content");
  if (typeof content === "string") return [JSON.stringify(path), content];
  for (let index = Array.isArray(content) ? content.length - 1 : -1; index >= 0; index--) {
    const part = asObject((content as JsonValue[])[index]);
    if (part["type"] === "text" && typeof part["text"] === "string") {
      return [JSON.stringify([...path, index, "text"]), part["text"]];
    }
  }
  return undefined;
}
