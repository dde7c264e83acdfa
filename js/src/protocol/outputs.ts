/** From the steps of a job to the values that a caller sees. Vectors: outputs. */

import { applyEdits, replaced } from "./diff.ts";
import { holdsFile } from "./filedata.ts";
import type { Update } from "./job.ts";
import type { JsonValue } from "./jsonvalue.ts";

// A key that may make a file of an object that was none.
const FILE_KEY = /^(path|meta|url|name|is_file|_type)$/;

/** One output of a job. */
export interface Output {
  /** One value per output of the function. */
  readonly data: JsonValue[];
  /** What changed since the output before, per output of the function; undefined if all is new. */
  readonly edits: JsonValue[] | undefined;
  /** `data` may hold files. False spares a walk through a value that grew by a word. */
  readonly hasFiles: boolean;
}

/**
 * Turns updates into outputs, one reader's walk through them.
 *
 * A step whose edits do not fit is skipped, and so are those after it until a full value comes, or edits that replace all of it:
 * progress is lost then, the result is not.
 */
export class OutputWalk {
  private values: JsonValue[] = [];
  private hasFiles = false;
  private broken = false;

  /** Return the output that `update` brings, undefined if it brings none. */
  advance(update: Update): Output | undefined {
    if (update.kind === "step" && update.isLost) {
      this.broken = true;
      return undefined;
    }
    if (update.kind === "step" && update.edits) {
      if (!this.broken) return this.edited(update.edits);
      const values = replaced(update.edits);
      return values && this.whole(values);
    }
    if (update.kind === "step" || (update.kind === "succeeded" && (update.isOutput || this.broken)))
      return this.whole(update.data ?? []);
    return undefined;
  }

  private whole(values: JsonValue[]): Output {
    this.broken = false;
    this.values = values;
    this.hasFiles = holdsFile(values);
    return { data: values, edits: undefined, hasFiles: this.hasFiles };
  }

  private edited(edits: JsonValue[]): Output | undefined {
    try {
      // An output that was not there is null before.
      const values = this.values.slice();
      while (values.length < edits.length) values.push(null);
      for (let index = 0; index < edits.length; index += 1) {
        const ofOutput = edits[index];
        if (!Array.isArray(ofOutput) || !ofOutput.length) continue;
        const before = values[index] ?? null;
        const added = typeof before === "string" ? textAdded(ofOutput) : undefined;
        if (added !== undefined) {
          values[index] = `${before}${added}`;
          continue;
        }
        values[index] = applyEdits(before, ofOutput);
        this.hasFiles ||= ofOutput.some(bringsFile);
      }
      this.values = values;
    } catch {
      this.broken = true;
      return undefined;
    }
    return { data: this.values, edits, hasFiles: this.hasFiles };
  }
}

/** Return the text that the one edit of a text appends: what nearly all edits are. */
function textAdded(edits: JsonValue[]): string | undefined {
  const edit = edits.length === 1 ? edits[0] : undefined;
  if (!Array.isArray(edit) || edit.length !== 3 || edit[0] !== "append") return undefined;
  const [, path, added] = edit;
  return Array.isArray(path) && !path.length && typeof added === "string" ? added : undefined;
}

/** Tell whether an edit may put a file into a value that had none: a whole one, or a part of one. */
function bringsFile(edit: JsonValue): boolean {
  const [, path, value] = edit as [string, JsonValue[], JsonValue];
  return FILE_KEY.test(`${path[path.length - 1] ?? ""}`) || (typeof value === "object" && holdsFile(value));
}

/** Return the values that callers see: those of State and layout are left out, and those that /config does not declare (gr.render). */
export function shownValues<T>(values: readonly T[], skipped: readonly boolean[]): T[] {
  return values.filter((_, index) => skipped[index] === false);
}
