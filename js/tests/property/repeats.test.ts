// A message that is compared with the one before instead of being parsed says what parsing it would have said.

import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { decodeMessage, type Message } from "../../src/protocol/messages.ts";
import { RepeatDecoder } from "../../src/protocol/repeats.ts";

const IDS = ["0123456789abcdef0123456789abcde1", "0123456789abcdef0123456789abcde2"];

/** All that a message says, that of getters included. */
function said(decode: () => Message): unknown {
  try {
    const message = decode();
    if (message.msg !== "process_generating") return message;
    const { msg, event_id, data, output, success, streaming, renders, raw } = message;
    return { msg, event_id, data, output, success, streaming, renders, raw };
  } catch (error) {
    return String(error);
  }
}

/** Expect of these texts, one after the other, what parsing them gives. */
function expectTheSame(texts: readonly string[]): void {
  const decoder = new RepeatDecoder();
  for (const text of texts) expect(said(() => decoder.decode(text))).toEqual(said(() => decodeMessage(text)));
}

const word = fc.oneof(
  fc.constantFrom("a", "", " ", '"', "\\", '\\"', "\n", "]]]", '","', "0", "é", "\u2028", "😀", "\ud83d"),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const path = fc.constantFrom<(string | number)[]>(
  [],
  [0],
  [1, "content"],
  [12, "content", 0, "text"],
  ["a.b"],
);
const edit = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant("append"), path, word) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("replace", "add", "delete"), path, fc.jsonValue()) },
);
const edits = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(edit) },
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(edit, { maxLength: 3 }) },
);
const rendering = fc.oneof(
  { weight: 9, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ x: 1 }) },
);
const message = fc.record({
  msg: fc.constantFrom("process_generating", "process_generating", "process_generating", "process_streaming"),
  event_id: fc.constantFrom(...IDS),
  output: fc.record({
    data: fc.array(edits, { maxLength: 3 }),
    is_generating: fc.constant(true),
    duration: fc.double({ noNaN: true }),
    average_duration: fc.constantFrom(0.1, 1, 1e-7, -2.5),
    render_config: rendering,
    changed_state_ids: fc.constant([]),
  }),
  success: fc.oneof(
    { weight: 19, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  time_limit: fc.constant(null),
});

test("messages say what parsing them says, in any order", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      expectTheSame(messages.map((one) => JSON.stringify(one)));
    }),
    { numRuns: 2000 },
  );
});

test("so they do wherever their parts stand, and with the same text in other places", () => {
  const growing = (event_id: string, text: string, number: number, note: unknown) => ({
    msg: "process_generating",
    event_id,
    output: { data: [[["append", [], text]], []], note, duration: number, render_config: null },
    success: true,
    log: note,
  });
  const one = fc.record({
    event_id: fc.constantFrom(...IDS),
    text: fc.constantFrom("a", "b", "c"),
    number: fc.constantFrom(0, 1, 2.5),
    note: fc.constantFrom<unknown>(null, 0, 1, [[["append", [], "a"]], []], "x\\1", "x\\2", "1", "2"),
  });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 8 }),
      fc.shuffledSubarray(["msg", "event_id", "output", "success", "log"], { minLength: 5 }),
      fc.shuffledSubarray(["data", "note", "duration", "render_config"], { minLength: 4 }),
      fc.boolean(),
      (all, outer, inner, isEscaped) => {
        const texts = all.map(({ event_id, text, number, note }) => {
          const made = growing(event_id, text, number, note);
          // The order of what is listed is that of the text.
          const written = JSON.stringify(made, [...outer, ...inner]);
          return isEscaped ? written.replace('"append",[],"a"', '"append",[],"\\u0061"') : written;
        });
        expectTheSame(texts);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a render setting that is a number is read", () => {
  const message = (render_config: number) =>
    `{"msg":"process_generating","event_id":"${IDS[0]}","output":{"data":[[["append",[],"x"]]],"render_config":${render_config}},"success":true}`;
  expectTheSame([message(0), message(0), message(5)]);
});

test("what was garbled on the way is read as parsing reads it, or refused as it refuses it", () => {
  const letter = fc.constantFrom(
    '"',
    "\\",
    "]",
    "[",
    ",",
    "0",
    "1",
    ".",
    "-",
    "e",
    "}",
    "\t",
    "\u0001",
    "x",
    " ",
  );
  const change = fc.tuple(fc.nat(400), letter, fc.constantFrom(0, 1));
  fc.assert(
    fc.property(message, fc.array(change, { minLength: 1, maxLength: 3 }), (one, changes) => {
      const text = JSON.stringify(one);
      let garbled = text;
      for (const [at, by, removed] of changes) {
        const place = at % garbled.length;
        garbled = garbled.slice(0, place) + by + garbled.slice(place + removed);
      }
      expectTheSame([text, garbled, text]);
    }),
    { numRuns: 4000 },
  );
});

function appending(text: string, id: string, duration: number): string {
  return JSON.stringify({
    msg: "process_generating",
    event_id: id,
    output: {
      data: [[], [["append", [3, "content"], text]], []],
      is_generating: true,
      duration,
      average_duration: 0.25,
      render_config: null,
      changed_state_ids: [],
    },
    success: true,
    time_limit: null,
  });
}

test("the messages of two jobs that write are parsed once each, and once to be sure", () => {
  const texts = Array.from({ length: 100 }, (_, index) =>
    appending(`w${index} `, IDS[index % 2] ?? "", index / 7),
  );
  const decoder = new RepeatDecoder();
  const parse = vi.spyOn(JSON, "parse");
  try {
    const messages = texts.map((text) => decoder.decode(text));
    expect(parse).toHaveBeenCalledTimes(4);
    expect(messages.map((one) => "data" in one && one.data)).toEqual(
      texts.map((_, index) => [[], [["append", [3, "content"], `w${index} `]], []]),
    );
  } finally {
    parse.mockRestore();
  }
});

test("a value that is not a list of edits is a value, whatever it looks like", () => {
  const values = [
    5,
    null,
    "x",
    {},
    [],
    ["append"],
    ["append", [], 5],
    ["append", [], "x", 1],
    ["append", "", "x"],
  ];
  const texts = values.map((value) => {
    const output = { data: [[value]], is_generating: true };
    return JSON.stringify({ msg: "process_generating", event_id: IDS[0], output, success: true });
  });
  expectTheSame([...texts, ...texts]);
});
