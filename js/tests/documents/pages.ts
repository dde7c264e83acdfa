// The blocks of TypeScript, JavaScript and HTML in a page of the documentation, and those of a page made one program.

/** The app that all pages call. */
export const URL_OF_PAGES = "http://127.0.0.1:7860";
/** Ends what a block has printed. */
export const MARK = "\u001e";

const KINDS: Readonly<Record<string, "program" | "html">> = {
  ts: "program",
  typescript: "program",
  js: "program",
  javascript: "program",
  html: "html",
};
// As tests/documents/pages.py reads those of Python.
const FENCED = /(?:^<!-- not run: (?<why>[^\n]+) -->\n+)?^```(?<kind>[^\n`]*)\n(?<text>[^]*?)^```$/gm;
const IMPORT = /^import\s[^;]*?from\s+"[^"]+";/gm;

/** One block. */
export interface Block {
  readonly kind: "program" | "html";
  /** The line of the page at which its code begins. */
  readonly line: number;
  readonly code: string;
  /** What the page says that it prints, which is the block of text right below it; null if it says nothing. */
  readonly prints: string | null;
  /** Why it is not run, null if it is. */
  readonly whyNot: string | null;
}

/** Return the blocks of a page in their order. */
export function blocksOf(page: string): Block[] {
  const found = [...page.matchAll(FENCED)].map(({ index, 0: whole, groups = {} }) => ({
    whole,
    groups,
    // A block ends with its text and the line that closes it.
    start: index + whole.length - (groups["text"] ?? "").length - "```".length,
    opened: index + whole.indexOf("```"),
    end: index + whole.length,
  }));
  const made: Block[] = [];
  for (const [place, { groups, start, end }] of found.entries()) {
    const kind = KINDS[groups["kind"] ?? ""];
    if (kind === undefined) continue;
    const after = found[place + 1];
    const isOutput = after?.groups["kind"] === "text" && page.slice(end, after.opened).trim() === "";
    made.push({
      kind,
      line: page.slice(0, start).split("\n").length,
      code: groups["text"] ?? "",
      prints: isOutput ? (after.groups["text"] ?? "") : null,
      whyNot: groups["why"] ?? null,
    });
  }
  return made;
}

/** Return how many blocks of these languages a page has, also those that are indented or closed wrongly. */
export function countOfFences(page: string): number {
  const kinds = Object.keys(KINDS).join("|");
  return [...page.matchAll(new RegExp(`^[ \\t>*-]*(?:\`\`\`|~~~)(?:${kinds})\\b`, "gim"))].length;
}

/**
 * Return a program that runs these blocks one after the other, each at its own line.
 *
 * A block is inside the one before it: it sees all names of that, and may declare them anew, as each section of a page does.
 */
export function programOf(blocks: readonly Block[]): string {
  const imports = new Map<string, Set<string>>();
  const lines: string[] = [];
  for (const { line, code } of blocks) {
    while (lines.length < line - 2) lines.push("");
    lines.push("{");
    const rest = code.replace(IMPORT, (statement) => {
      addImport(imports, statement);
      return statement.replace(/[^\n]/g, "");
    });
    lines.push(...rest.split("\n").slice(0, -1), `console.log(${JSON.stringify(MARK)});`);
  }
  // A page begins with its title, so the first line is free.
  lines[0] = [...imports]
    .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from ${from};`)
    .join(" ");
  // A program without imports is a module all the same.
  return `${lines.join("\n")}\n${"}".repeat(blocks.length)}\nexport {};\n`;
}

function addImport(imports: Map<string, Set<string>>, statement: string): void {
  const [, names, from] = /^import\s*\{([^}]*)\}\s*from\s*("[^"]+");$/.exec(statement) ?? [];
  if (names === undefined || from === undefined)
    throw new Error(`the tests of pages cannot read ${statement}`);
  const known = imports.get(from) ?? new Set();
  imports.set(from, known);
  for (const name of names.split(",")) if (name.trim()) known.add(name.trim());
}

/**
 * Return what matches a text that is as a page says: … stands for anything, a line of it alone for any number of lines.
 *
 * As is_printed() of tests/documents/pages.py; empty lines at its end do not count, nor whether the last one is ended.
 */
export function patternOf(said: string): RegExp {
  const lines = said
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "…" ? "(?:.*\n)*" : `${escaped(line)}\n`));
  return new RegExp(`^${lines.join("").replace(/\n$/, "")}\n*$`);
}

function escaped(line: string): string {
  return line
    .split("…")
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*");
}

/** Tell whether `printed` is what a page says. */
export function isPrinted(said: string, printed: string): boolean {
  return patternOf(said).test(`${printed.replace(/\n$/, "")}\n`);
}
