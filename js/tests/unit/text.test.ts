// The text that values add.

import { expect, test } from "vitest";
import { TextWalk, textOf } from "../../src/protocol/text.ts";

const whole = (data: never[] | unknown[]) => ({ data: data as never[], edits: undefined, hasFiles: false });

test("a text that grows, by value or by edits, gives what was added", () => {
  const walk = new TextWalk();
  expect(walk.advance(whole(["a"]))).toBe("a");
  expect(walk.advance(whole(["abc"]))).toBe("bc");
  const edits = [[["append", [], "d"]]] as never[];
  expect(walk.advance({ data: ["abcd"], edits, hasFiles: false })).toBe("d");
  expect(walk.advance(whole(["new"]))).toBe("new");
});

test("the last answer of a chat, in all its forms", () => {
  expect(textOf([["hi", "answer"]])).toEqual(["[0,1]", "answer"]);
  expect(textOf([{ role: "user", content: "hi" }])).toBeUndefined();
  expect(textOf([{ role: "assistant", content: "a" }])).toEqual(['[0,"content"]', "a"]);
  expect(textOf({ role: "assistant", content: [{ type: "file" }, { type: "text", text: "b" }] })).toEqual([
    '["content",1,"text"]',
    "b",
  ]);
  expect(textOf(7)).toBeUndefined();
  expect(textOf([])).toBeUndefined();
});

test("the first output that brings text is kept to", () => {
  const walk = new TextWalk();
  expect(walk.advance(whole(["", [["q", "a"]]]))).toBe("a");
  expect(walk.advance(whole(["other", [["q", "ab"]]]))).toBe("b");
});
