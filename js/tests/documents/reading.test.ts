// How pages are read.

import { expect, test } from "vitest";
import { blocksOf, countOfFences, isPrinted, MARK, programOf } from "./pages.ts";

const PAGE = `# Page

\`\`\`ts
import { a } from "one";

console.log(1);
\`\`\`

\`\`\`text
1
\`\`\`

And

<!-- not run: no app -->

\`\`\`js
nothing();
\`\`\`

so

\`\`\`text
no output of it
\`\`\`

\`\`\`sh
ls
\`\`\`

\`\`\`html
<p>
\`\`\`

- in a list

  \`\`\`ts
  hidden();
  \`\`\`

\`\`\`{literalinclude} program.ts
:language: ts
\`\`\`

\`\`\`typescript
import { a, b } from "one";
import {
  c,
} from "two";

d();
\`\`\`
`;

test("blocks are found with what they print", () => {
  const found = blocksOf(PAGE).map(({ kind, line, prints, whyNot }) => [kind, line, prints, whyNot]);
  expect(found).toEqual([
    ["program", 4, "1\n", null],
    ["program", 18, null, "no app"],
    ["html", 32, null, null],
    ["program", 46, null, null],
  ]);
});

test("a block that would be overlooked is counted", () => {
  expect(countOfFences(PAGE)).toBe(5);
  expect(blocksOf(PAGE)).toHaveLength(4);
});

test("each block of a program is at its own line, inside the one before", () => {
  const blocks = blocksOf(PAGE).filter(({ kind, whyNot }) => kind === "program" && whyNot === null);
  const lines = programOf(blocks).split("\n");
  const end = `console.log(${JSON.stringify(MARK)});`;
  expect(lines[0]).toBe('import { a, b } from "one"; import { c } from "two";');
  expect(lines.slice(2, 7)).toEqual(["{", "", "", "console.log(1);", end]);
  expect(lines.slice(44)).toEqual(["{", "", "", "", "", "", "d();", end, "}}", "export {};", ""]);
});

test("an import that cannot be read is said", () => {
  const block = { kind: "program", line: 3, prints: null, whyNot: null } as const;
  expect(() => programOf([{ ...block, code: 'import * as all from "one";\n' }])).toThrow(
    /cannot read import \*/,
  );
});

test("what is printed may have a gap", () => {
  expect(isPrinted("a\n…\nb\n", "a\n1\n2\nb\n")).toBe(true);
  expect(isPrinted("…\na\n…\nb\n", "a\nb\n")).toBe(true);
  expect(isPrinted("took … s\n", "took 0.1 s")).toBe(true);
  expect(isPrinted("took … s\n", "took 0.1\n s")).toBe(false);
  expect(isPrinted("a\n…\nb\n", "a\n1\n2\nc\n")).toBe(false);
  expect(isPrinted("a.b\n", "axb\n")).toBe(false);
  expect(isPrinted("a\n", "b\na\n")).toBe(false);
});
