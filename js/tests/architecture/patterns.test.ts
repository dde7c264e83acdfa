// Every pattern in the source takes linear time: an app says texts of megabytes, and one thread does everything.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { describe, expect, test } from "vitest";
import { readQuotaMessage } from "../../src/protocol/quota.ts";
import { Counted, TooManySteps } from "../server/steps.ts";

const ROOT = fileURLToPath(new URL("../../src/", import.meta.url)).replaceAll("\\", "/");
const FILES = ts.sys.readDirectory(ROOT, [".ts"]).map((name) => name.replaceAll("\\", "/"));

// A pattern whose steps grow with the square of a text takes 16 times as many for four times the text.
const [SHORT, LONG] = [100, 400];
const MOST = 7;

/** Return all patterns of a file, and what makes patterns of texts. */
function patternsOf(file: string): { patterns: RegExp[]; made: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const [patterns, made]: [RegExp[], string[]] = [[], []];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      patterns.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "RegExp")
      made.push(node.getText());
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [given] = node.arguments;
      if (
        /^(match|matchAll|search)$/.test(node.expression.name.text) &&
        !(given && ts.isRegularExpressionLiteral(given))
      )
        made.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { patterns, made };
}

const FOUND = FILES.map((file) => ({ file: file.slice(ROOT.length), ...patternsOf(file) }));
const PATTERNS = new Map(FOUND.flatMap(({ patterns }) => patterns.map((one) => [String(one), one])));

/** Find the texts for which the steps of a pattern grow faster than the text. */
function* slowTexts(pattern: RegExp): Generator<string> {
  const counted = new Counted(pattern);
  const [short, long] = [counted.hostileTexts(SHORT), counted.hostileTexts(LONG)];
  for (const [index, text] of long.entries()) {
    try {
      const before = counted.steps(short[index] as string, SHORT * SHORT * 10);
      counted.steps(text, Math.max(before * MOST, 20 * LONG));
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      yield text;
    }
  }
}

test("all patterns are found, and none is made of a text", () => {
  expect(PATTERNS.size).toBeGreaterThan(60);
  const made = FOUND.flatMap(({ file, made }) => made.map((text) => `${file}: ${text}`));
  // The same one, to be looked for at a place.
  expect(made).toEqual(['protocol/repeats.ts: new RegExp(NUMBER.source, "y")']);
});

describe("linear", () => {
  test.each([...PATTERNS])("%s", (_, pattern) => {
    expect([...slowTexts(pattern)].map((text) => text.slice(0, 60))).toEqual([]);
  });
});

describe("what has been too slow once is found", () => {
  test.each([
    /^\/+|\/+$/g,
    /\/*$/,
    /exceeded your [\w ]*?\b(?:quota|runs limit)|reached its GPU limit/i,
    /(\d+(?:\.\d+)?)\s*s requested vs\.?\s*(-?\d+(?:\.\d+)?)\s*s left/i,
    /"(?:[^"\\]|\\.)*"|[{}]/g,
    /\s+$/,
    /^(a+)+$/,
    /(x|xx)*y/,
    /=.*;.*=/,
  ])("%s", (pattern) => {
    // The first one will do: to try all takes a busy machine longer than a test may.
    expect(slowTexts(pattern).next().done).toBe(false);
  });
});

test("quotas are read as before, and numbers of any length passed over", () => {
  const said =
    "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 1 day, 3:04:05";
  expect(readQuotaMessage("", said)).toEqual({ requested: 60, left: 12, retryAfter: 97_445 });
  expect(readQuotaMessage("", "exceeded your GPU quota (1.5 s requested vs -0.25 s left)")).toMatchObject({
    requested: 1.5,
    left: -0.25,
  });
  const digits = "9".repeat(16_000);
  expect(
    readQuotaMessage(
      "",
      `exceeded your GPU quota (${digits}s requested vs. ${digits}s left), retry in ${digits}:00:00`,
    ),
  ).toEqual({
    requested: undefined,
    left: undefined,
    retryAfter: undefined,
  });
});
