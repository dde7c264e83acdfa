// What `gradlink generate --lang ts` writes for apps that say hostile things in every text has the statements of any
// other such module, and nothing else that a compiler or an engine acts on.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import ts from "typescript-5";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSuccess, ROOT, run } from "./commands.ts";

const STATEMENTS: readonly string[] = [
  "ImportDeclaration Client CallOptions ClientOptions FileData PredictReturn SubmitIterable gradlink",
  "TypeAliasDeclaration FileArgument",
  "VariableStatement APP",
  "InterfaceDeclaration Endpoints",
  "TypeAliasDeclaration Names",
  "TypeAliasDeclaration Given",
  "TypeAliasDeclaration Rest",
  "InterfaceDeclaration App",
  "FunctionDeclaration connect",
];
/** The parts of a file that say how it is compiled; they are filled from its comments. */
interface Directives {
  readonly parseDiagnostics: readonly unknown[];
  readonly commentDirectives?: readonly unknown[];
  readonly checkJsDirective?: unknown;
  readonly pragmas: ReadonlyMap<string, unknown>;
}

let folder: string;
let plain: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gradlink-hostile-"));
  const python = process.env["GRADLINK_PYTHON"] ?? join(ROOT, "../.venv/bin/python");
  await expectSuccess(run(python, ["-m", "tests.codegen.hostile", folder], join(ROOT, "..")));
  plain = await compiled(read("nothing.ts"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** Return what runs of a module. */
async function compiled(text: string): Promise<string> {
  return (await transform(text, { loader: "ts", target: "es2022" })).code;
}

/** Return the kind of a statement and what it declares. */
function shown(node: ts.Statement): string {
  const names: string[] = [];
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    if (bindings !== undefined && ts.isNamedImports(bindings))
      names.push(...bindings.elements.map((one) => one.name.text));
    if (ts.isStringLiteral(node.moduleSpecifier)) names.push(node.moduleSpecifier.text);
  } else if (ts.isVariableStatement(node)) {
    names.push(...node.declarationList.declarations.map((one) => one.name.getText()));
  } else if (
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  ) {
    names.push(node.name?.text ?? "");
  }
  // Of two names of one kind the enum gives the other one.
  return [ts.isVariableStatement(node) ? "VariableStatement" : ts.SyntaxKind[node.kind], ...names].join(" ");
}

/** Return the names of the members of each endpoint. */
function endpoints(source: ts.SourceFile): string[] {
  const [declared] = source.statements.filter((one) => ts.isInterfaceDeclaration(one));
  return (declared?.members ?? []).map((member) => {
    if (!ts.isPropertySignature(member) || member.type === undefined || !ts.isTypeLiteralNode(member.type))
      return "?";
    return member.type.members.map((one) => one.name?.getText()).join(" ");
  });
}

/** Return the tags of all comments that documentation and editors act on. */
function tags(node: ts.Node): string[] {
  const own = ts.getJSDocTags(node).map((tag) => tag.getText());
  return [...own, ...node.getChildren().flatMap(tags)];
}

// The names are known only when Python has written the modules: one test goes through all of them.
test("a module has the expected statements and nothing else, whatever the app says", {
  timeout: 120_000,
}, async () => {
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(40);
  for (const name of names) {
    const text = read(name);
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
    const directives = source as unknown as Directives;
    expect(directives.parseDiagnostics, name).toEqual([]);
    expect(directives.commentDirectives ?? [], name).toEqual([]);
    expect(directives.checkJsDirective, name).toBeUndefined();
    expect([...directives.pragmas.keys()], name).toEqual([]);
    const references = [
      source.referencedFiles,
      source.typeReferenceDirectives,
      source.libReferenceDirectives,
    ];
    expect(references, name).toEqual([[], [], []]);
    expect(tags(source), name).toEqual([]);

    const statements = source.statements.map(shown);
    const aliases = statements.filter((one) => !STATEMENTS.includes(one));
    expect(
      statements.filter((one) => STATEMENTS.includes(one)),
      name,
    ).toEqual(STATEMENTS);
    for (const alias of aliases) expect(alias, name).toMatch(/^TypeAliasDeclaration [A-Z][A-Za-z0-9]*$/);
    expect(new Set(aliases).size, name).toBe(aliases.length);
    expect(new Set(endpoints(source)), name).toEqual(new Set(["args values data"]));
    expect(await compiled(text), name).toBe(plain);
    expect(text.replaceAll("\n", ""), name).not.toMatch(
      /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/u,
    );
  }
});
