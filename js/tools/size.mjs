// Tells what gradlink adds to a page, minified and compressed, beside the existing client, and what the bytes are made of:
// `npm run size [-- --write]`. It is a report: no size makes it fail.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/javascript-client.md", import.meta.url));
const [BEGIN, END] = ["<!-- size -->", "<!-- /size -->"];

// A module with fewer bytes has no row of its own.
const ROW_BYTES = 1500;

/** Leaves out what few programs load by `import()`; tests/architecture/layers.test.ts says what that is. */
const withoutLazyParts = {
  name: "without lazy parts",
  /** @param {import("esbuild").PluginBuild} building */
  setup(building) {
    building.onResolve({ filter: /.*/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

/**
 * Bundle one line of code that uses a package, as an application would.
 *
 * @param {string} code
 * @param {import("esbuild").Plugin[]} plugins
 */
async function bundle(code, plugins) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: code, resolveDir: root },
    // Ours leads "gradlink" to the source for Node.
    tsconfigRaw: "{}",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: ["es2022"],
    logLevel: "warning",
    plugins,
  });
  const [output] = Object.values(metafile.outputs);
  /** @type {[string, number][]} */
  const parts = Object.entries(output?.inputs ?? {})
    .map(([name, { bytesInOutput }]) => /** @type {[string, number]} */ ([name, bytesInOutput]))
    .filter(([name, bytes]) => bytes > 0 && name.startsWith("dist/"))
    .map(([name, bytes]) => [name.replace(/^dist\/|\.js$/g, ""), bytes]);
  return { ...sizes(outputFiles[0]?.contents ?? new Uint8Array()), parts: new Map(parts) };
}

/** @param {Uint8Array} bytes */
function sizes(bytes) {
  return {
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

/** Measure a program that connects, predicts, streams, sends and gets files, cancels and meets errors, and everything; `dist` has to be built. */
export async function measure() {
  const program = ["Client", "handle_file"];
  const errors = ["isGradlinkError", "AppError", "TransportError"];
  const [ours, all, theirs, allTheirs] = await Promise.all([
    bundle(`export { ${[...program, ...errors]} } from "gradlink"`, [withoutLazyParts]),
    bundle('export * from "gradlink"', []),
    bundle(`export { ${program} } from "@gradio/client"`, []),
    bundle('export * from "@gradio/client"', []),
  ]);
  return { program: ours, everything: all, rival: { program: theirs, everything: allTheirs } };
}

/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */

/** @param {Measured} measured */
export function table({ program, everything, rival }) {
  /** @type {[string, ReturnType<typeof sizes>][]} */
  const rows = [
    ["such a program: gradlink", program],
    ["such a program: @gradio/client", rival.program],
    ["everything: gradlink", everything],
    ["everything: @gradio/client", rival.everything],
  ];
  return [
    "| bytes | minified | gzip | brotli |",
    "|---|---:|---:|---:|",
    ...rows.map(([what, size]) => `| ${what} | ${size.minified} | ${size.gzip} | ${size.brotli} |`),
  ].join("\n");
}

/**
 * Return the table of what the bytes are made of: each folder, and its larger modules.
 *
 * @param {Measured} measured
 */
export function partsTable({ program, everything }) {
  /** @param {string} name */
  const folderOf = (name) => (name.includes("/") ? `${name.slice(0, name.indexOf("/"))}/` : "");
  /** @param {Map<string, number>} parts @param {string} folder */
  const sumOf = (parts, folder) =>
    [...parts].reduce((sum, [name, bytes]) => (folderOf(name) === folder ? sum + bytes : sum), 0);
  /** @type {[string, number, number][]} */
  const rows = [];
  const folders = [...new Set([...everything.parts.keys()].map(folderOf))];
  const size = (/** @type {string} */ folder) => sumOf(everything.parts, folder);
  for (const folder of folders.sort((one, other) => size(other) - size(one))) {
    const modules = [...everything.parts]
      .filter(([name, bytes]) => folderOf(name) === folder && bytes >= ROW_BYTES)
      .sort(([, one], [, other]) => other - one);
    rows.push([
      folder ? `**${folder}**` : "**beside the folders**",
      sumOf(program.parts, folder),
      size(folder),
    ]);
    for (const [name, bytes] of modules) rows.push([name, program.parts.get(name) ?? 0, bytes]);
  }
  return [
    "| minified bytes of | such a program | everything |",
    "|---|---:|---:|",
    ...rows.map(([name, ...bytes]) => `| ${name} | ${bytes.join(" | ")} |`),
  ].join("\n");
}

/** @param {Measured} measured */
function report(measured) {
  const { program, everything } = measured;
  return [
    table(measured),
    "",
    `Of ${everything.parts.size} modules such a program loads ${program.parts.size}.`,
    "",
    partsTable(measured),
  ].join("\n");
}

/** @param {string} text */
function write(text) {
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the sizes`);
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n${text}\n${page.slice(to)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = report(await measure());
  console.log(text);
  if (process.argv.includes("--write")) write(text);
}
