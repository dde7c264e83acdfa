// What a server can do is decided in one table: nothing else compares versions or protocols.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { expect, test } from "vitest";
import { PROTOCOLS } from "../../src/protocol/dialect.ts";

const ROOT = fileURLToPath(new URL("../../src/", import.meta.url)).replaceAll("\\", "/");
const FILES = ts.sys.readDirectory(ROOT, [".ts"]).map((name) => name.replaceAll("\\", "/"));
const TABLE = `${ROOT}protocol/dialect.ts`;

// What holds a version or a protocol, by its name.
const NAMED = /(?:^|[a-z])(?:release|protocol)$|[a-z]version$/i;
const ORDERING = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);
const COMPARING = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ...ORDERING,
]);

/** Return what in a file compares versions or protocols, or lists protocols, as source. */
function comparisons(text: string): string[] {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isDecision(node)) found.push(node.getText().slice(0, 100));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isDecision(node: ts.Node): boolean {
  if (ts.isIdentifier(node)) return node.text === "atLeast";
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (!COMPARING.has(kind)) return false;
    const sides = [node.left, node.right];
    // What is merely equal may be the version of a file.
    if (ORDERING.has(kind) && sides.some((side) => side.getText() === "version")) return true;
    // Those of addresses, such as "https:".
    return !sides.some(isScheme) && sides.some((side) => isNamed(side) || isCompared(side));
  }
  if (ts.isCaseClause(node)) return isCompared(node.expression);
  if (ts.isSwitchStatement(node)) return isNamed(node.expression);
  if (ts.isArrayLiteralExpression(node)) return node.elements.some(isLiteral);
  if (ts.isLiteralTypeNode(node)) return isLiteral(node.literal);
  if (ts.isCallExpression(node)) return node.arguments.some(isLiteral);
  return ts.isRegularExpressionLiteral(node) && /sse_?v?/.test(node.text);
}

function isNamed(node: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node) && NAMED.test(node.text);
  return NAMED.test(node.name.text) || node.name.text === "version";
}

/** Tell whether a text names a protocol or a version; "ws" names a kind of address as well. */
function isLiteral(node: ts.Node): boolean {
  return isCompared(node) && (node as ts.StringLiteral).text !== "ws";
}

function isCompared(node: ts.Node): boolean {
  if (!ts.isStringLiteralLike(node)) return false;
  const { text } = node;
  return PROTOCOLS.some((one) => one === text) || text.startsWith("sse_") || /^\d+(?:\.\d+)+$/.test(text);
}

function isScheme(node: ts.Expression): boolean {
  const other = ts.isPropertyAccessExpression(node) ? node.name.text : node.getText();
  return /^"[a-z]+:"$/.test(other);
}

test.each([
  "if (version.atLeast(4, 9)) {}",
  "found = schema.version < other;",
  'found = release === "4.9.1";',
  "found = version >= other;",
  "found = schema.version === other;",
  'found = announced !== "sse_v3";',
  'found = announced === "ws";',
  'found = schema.protocol === "ws";',
  'found = protocol > "sse_v1";',
  'found = announced.startsWith("sse_v");',
  "found = /^sse_v/.test(announced);",
  'const known = ["ws", "sse"];',
  'type Protocol = "ws" | "sse";',
  'switch (announced) { case "sse_v2": break; }',
  "switch (dialect.protocol) {}",
])("it is found: %s", (line) => {
  expect(comparisons(line)).not.toEqual([]);
});

test.each([
  "found = schema.dialect.sendsEdits;",
  'found = url.protocol === "https:";',
  "found = version !== etag;",
  'found = url.replace(/^http/, "ws");',
  'query = "protocol" in config ? "" : "&serialize=False";',
])("other things are not: %s", (line) => {
  expect(comparisons(line)).toEqual([]);
});

test("nothing but the table compares versions or protocols", () => {
  const others = FILES.filter((file) => file !== TABLE);
  expect(others.length).toBeGreaterThan(40);
  const found = others.map(
    (file) => [file.slice(ROOT.length), comparisons(readFileSync(file, "utf8"))] as const,
  );
  expect(found.filter(([, lines]) => lines.length)).toEqual([]);
  expect(comparisons(readFileSync(TABLE, "utf8"))).not.toEqual([]);
});
