// Every promise has an owner: what is thrown in one that is left alone ends the whole program, though it awaited all it got.

import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replaceAll("\\", "/");
const FILES = ts.sys.readDirectory(`${ROOT}src`, [".ts"]).map((name) => name.replaceAll("\\", "/"));

/** What the search must find, and what it must leave alone. */
const EXAMPLES: [code: string, leftAlone: boolean][] = [
  ["made();", true],
  ["void made();", true],
  ["made().then(() => {});", true],
  ["made().finally(() => {});", true],
  ["made().catch(() => {}).then(() => {});", true],
  ["given && made();", true],
  ["listen(async () => {});", true],
  ["listen(() => made());", true],
  ["listen(() => { made(); });", true],
  ["handlers.onmessage = async () => {};", true],
  ["made().catch(() => {});", false],
  ["made().then(() => {}, () => {});", false],
  ["const kept = made(); kept.catch(() => {});", false],
  ["listen(() => { made().catch(() => {}); });", false],
  ["take(async () => {});", false],
];
const EXAMPLE_FILE = `${ROOT}src/examples.ts`;
const EXAMPLE_TEXT = `
  declare function made(): Promise<void>;
  declare function listen(handler: () => void): void;
  declare function take(handler: () => Promise<void>): void;
  declare const handlers: { onmessage: ((text: string) => void) | undefined };
  declare const given: boolean;
  ${EXAMPLES.map(([code], index) => `\nexport function example${index}(): void { ${code} }`).join("")}
`;

const program = programOf([...FILES, EXAMPLE_FILE]);
const checker = program.getTypeChecker();

/** Return all sources, with the types that the compiler's own settings give them, and the examples. */
function programOf(names: string[]): ts.Program {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === EXAMPLE_FILE || fileExists(path);
  host.getSourceFile = (path, version, ...more) =>
    path === EXAMPLE_FILE
      ? ts.createSourceFile(path, EXAMPLE_TEXT, version)
      : getSourceFile(path, version, ...more);
  return ts.createProgram(names, options, host);
}

/** Tell whether a value of this type can be waited for. */
function isPromise(type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some(isPromise);
  const then = type.getProperty("then");
  return then !== undefined && checker.getTypeOfSymbol(then).getCallSignatures().length > 0;
}

/** Tell whether what a statement makes is dealt with: it is kept, or ends in `.catch(f)` or `.then(f, g)`. */
function isOwned(node: ts.Expression): boolean {
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { text } = node.expression.name;
  return (
    (text === "catch" && node.arguments.length === 1) || (text === "then" && node.arguments.length === 2)
  );
}

/** Tell whether a function makes a promise where one that returns nothing is wanted: as a handler. */
function isDeafHandler(node: ts.Node): boolean {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return false;
  const context = checker.getContextualType(node);
  const wanted = context ? checker.getNonNullableType(context).getCallSignatures() : [];
  const returned = wanted.map((signature) => checker.getReturnTypeOfSignature(signature));
  if (!returned.length || !returned.every(({ flags }) => flags & ts.TypeFlags.Void)) return false;
  const own = checker.getSignatureFromDeclaration(node);
  return own !== undefined && isPromise(checker.getReturnTypeOfSignature(own));
}

/** Return the lines of a file in which a promise is left alone. */
function leftAlone(file: string): string[] {
  const source = program.getSourceFile(file) as ts.SourceFile;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isLeft =
      (ts.isExpressionStatement(node) &&
        isPromise(checker.getTypeAtLocation(node.expression)) &&
        !isOwned(node.expression)) ||
      (ts.isVoidExpression(node) && isPromise(checker.getTypeAtLocation(node.expression))) ||
      isDeafHandler(node);
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    if (isLeft)
      found.push(`${file.slice(ROOT.length)}:${line + 1}: ${node.getText(source).split("\n", 1)[0]}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("the search finds promises that are left alone, and only those", () => {
  const found = leftAlone(EXAMPLE_FILE).map((place) => place.split(": ", 1)[0]);
  const first = EXAMPLE_TEXT.split("\n").findIndex((line) => line.includes("example0"));
  const expected = EXAMPLES.flatMap(([, isLeft], index) =>
    isLeft ? [`src/examples.ts:${first + index + 1}`] : [],
  );
  expect([...new Set(found)]).toEqual(expected);
});

test("no promise is left alone", () => {
  expect(FILES.length).toBeGreaterThan(60);
  expect(FILES.flatMap(leftAlone)).toEqual([]);
});
