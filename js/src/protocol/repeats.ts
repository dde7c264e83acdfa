/**
 * Messages that say the same as one before, but for the text that they append.
 *
 * A model that writes sends thousands of them. Such a message is compared with the one before instead of being parsed,
 * which takes a fraction of the time and makes no object for what nobody looks at.
 */

import { asObject, type JsonObject, type JsonValue } from "./jsonvalue.ts";
import { decodeMessage, type Message, type ProcessGenerating } from "./messages.ts";

// What a message of Gradio begins with until its event id has ended: jobs that share a stream do not disturb each other.
const BEGINNING = 72;
const MAX_PATTERNS = 64;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const NUMBER_HERE = new RegExp(NUMBER.source, "y");
// What stands in a JSON string for something else, or not at all.
const SPECIAL = /[\\\p{Cc}]/u;

/** What messages of one job have in common. */
interface Pattern {
  /** All up to the text. */
  readonly before: string;
  /** What follows the text, cut where numbers stand. */
  readonly after: readonly string[];
  readonly message: ProcessGenerating;
  /** The output that grows, and where in it. */
  readonly index: number;
  readonly path: JsonValue;
}

/** A message that was not parsed. */
class Repeated implements ProcessGenerating {
  readonly msg = "process_generating";
  readonly success = true;
  readonly streaming = false;
  readonly renders = false;
  readonly event_id: string | undefined;
  readonly data: JsonValue[];
  readonly #text: string;

  constructor(event_id: string | undefined, data: JsonValue[], text: string) {
    this.event_id = event_id;
    this.data = data;
    this.#text = text;
  }

  get raw(): JsonObject {
    return JSON.parse(this.#text) as JsonObject;
  }

  get output(): JsonObject {
    return this.raw["output"] as JsonObject;
  }
}

/** Decodes the messages of streams. */
export class RepeatDecoder {
  readonly #patterns: Map<string, Pattern> = new Map();
  #last: Pattern | undefined;

  /** Return the message that `text` stands for, as `decodeMessage` does. */
  decode(text: string): Message {
    const again = this.#last && repeatedBy(text, this.#last);
    if (again) return again;
    const beginning = text.slice(0, BEGINNING);
    const pattern = this.#patterns.get(beginning);
    const repeated = pattern && pattern !== this.#last ? repeatedBy(text, pattern) : undefined;
    if (repeated) {
      this.#last = pattern;
      return repeated;
    }
    const message = decodeMessage(text);
    const found = message.msg === "process_generating" ? patternOf(text, message) : undefined;
    if (found) {
      if (this.#patterns.size >= MAX_PATTERNS) this.#patterns.clear();
      this.#patterns.set(beginning, found);
      this.#last = found;
    }
    return message;
  }
}

/** Return the message that `text` stands for if it is one of the pattern. */
function repeatedBy(text: string, { before, after, message, index, path }: Pattern): Repeated | undefined {
  const start = before.length;
  // Faster than startsWith(), by far.
  if (text.slice(0, start) !== before) return undefined;
  let end = text.indexOf('"', start);
  while (text[end - 1] === "\\" && isEscaped(text, start, end)) end = text.indexOf('"', end + 1);
  if (end < 0 || !follows(text, end, after)) return undefined;
  const added = readText(text.slice(start, end));
  if (added === undefined) return undefined;
  const data = message.data.slice();
  data[index] = [["append", path, added]];
  return new Repeated(message.event_id, data, text);
}

/** Return what `written` means in a JSON string, undefined if nothing. */
function readText(written: string): string | undefined {
  if (!SPECIAL.test(written)) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return undefined;
  }
}

/** Tell whether the quote at `end` belongs to the text: an odd number of backslashes stands before it. */
function isEscaped(text: string, start: number, end: number): boolean {
  let place = end;
  while (place > start && text[place - 1] === "\\") place -= 1;
  return (end - place) % 2 === 1;
}

/** Tell whether `text` goes on at `start` with these pieces, a number between any two, and then ends. */
function follows(text: string, start: number, pieces: readonly string[]): boolean {
  let place = start;
  for (let index = 0; index < pieces.length; index += 1) {
    if (index > 0) {
      NUMBER_HERE.lastIndex = place;
      if (!NUMBER_HERE.test(text)) return false;
      place = NUMBER_HERE.lastIndex;
    }
    const piece = pieces[index] as string;
    const begin = place;
    place += piece.length;
    if (text.slice(begin, place) !== piece) return false;
  }
  return place === text.length;
}

/** Return the pattern of a message that appends text in one place and does nothing else. */
function patternOf(text: string, message: ProcessGenerating): Pattern | undefined {
  const { data, success, streaming, output } = message;
  if (!success || streaming || (output["render_config"] ?? null) !== null) return undefined;
  const index = data.findIndex((edits) => !isEmptyList(edits));
  const edits = data[index];
  if (!Array.isArray(edits) || edits.length !== 1 || !data.slice(index + 1).every(isEmptyList))
    return undefined;
  // The first message of a job brings values, which may look like anything.
  const [edit] = edits;
  if (!Array.isArray(edit) || edit.length !== 3) return undefined;
  const [action, path, added] = edit;
  if (action !== "append" || typeof added !== "string" || added.includes('"') || SPECIAL.test(added))
    return undefined;
  // Servers write without spaces; of any other writing nothing is found.
  const end = `"]]${",[]".repeat(data.length - index - 1)}]`;
  const place = text.indexOf(`"${added}${end}`) + 1;
  const [before, after] = [text.slice(0, place), text.slice(place + added.length)];
  // Numbers may be others in what follows, so what is taken from it may not be there.
  if (!place || /\\|"event_id"|"msg"/.test(after)) return undefined;
  // It may stand there twice, and what is meant be written in another way.
  const other = [...data];
  other[index] = [["append", path as JsonValue, `${added}.`]];
  if (JSON.stringify(dataOf(`${before}${added}.${after}`)) !== JSON.stringify(other)) return undefined;
  return { before, after: after.split(NUMBER), message, index, path: path as JsonValue };
}

function dataOf(text: string): unknown {
  try {
    return asObject(asObject(JSON.parse(text))["output"])["data"];
  } catch {
    // What was found is no text of its own.
    return undefined;
  }
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && !value.length;
}
