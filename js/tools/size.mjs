// Tells what gradlink adds to a page, minified and compressed; fails if the core is far above what it has to be.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * What `export { Client }` may cost, in bytes, minified and gzipped.
 *
 * It is there to notice an accident, such as a dependency that slipped in; it does not decide where code stands.
 */
export const CORE_LIMIT = 26_000;

const root = fileURLToPath(new URL("..", import.meta.url));

/** Leaves out what is loaded by `import()`. */
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
 * @param {import("esbuild").BuildOptions} [options]
 */
function bundle(code, options) {
  return build({
    absWorkingDir: root,
    stdin: { contents: code, resolveDir: root },
    // Ours leads "gradlink" to the source for Node.
    tsconfigRaw: "{}",
    outdir: "memory",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: ["es2022"],
    logLevel: "warning",
    ...options,
  });
}

/**
 * Return the code that is there before anything is loaded by `import()`.
 *
 * @param {string} code
 */
async function core(code) {
  const { outputFiles } = await bundle(code, { plugins: [withoutLazyParts] });
  return Buffer.concat((outputFiles ?? []).map(({ contents }) => contents));
}

/**
 * Return what is loaded at once when esbuild cuts the code into chunks, and all of it.
 *
 * Chunks share code by the module, so that a part that a lazy one shares with the core comes whole.
 *
 * @param {string} code
 */
async function chunks(code) {
  const result = await bundle(code, { splitting: true });
  const outputs = result.metafile?.outputs ?? {};
  const start = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === "<stdin>");
  if (start === undefined) throw new Error("esbuild wrote nothing");
  const atOnce = new Set([start]);
  for (const name of atOnce) {
    for (const { kind, path } of outputs[name]?.imports ?? [])
      if (kind === "import-statement") atOnce.add(path);
  }
  /** @param {(name: string) => boolean} wanted */
  const pick = (wanted) => {
    const files = (result.outputFiles ?? []).filter(({ path }) =>
      wanted(relative(root, path).replaceAll("\\", "/")),
    );
    return Buffer.concat(files.map(({ contents }) => contents));
  };
  return { atOnce: pick((name) => atOnce.has(name)), all: pick(() => true) };
}

/** @param {Uint8Array} bytes */
function sizes(bytes) {
  return {
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

/** Measure everything; `dist` has to be built. */
export async function measure() {
  const ours = 'export { Client } from "gradlink"';
  const cut = await chunks(ours);
  return {
    "core: export { Client }": sizes(await core(ours)),
    "the same as esbuild's first chunks": sizes(cut.atOnce),
    "with what is loaded when it is needed": sizes(cut.all),
    "everything: export *": sizes((await chunks('export * from "gradlink"')).all),
    "dist/gradlink.min.js": sizes(readFileSync(`${root}dist/gradlink.min.js`)),
    "dist/gradlink.min.mjs": sizes(readFileSync(`${root}dist/gradlink.min.mjs`)),
    "@gradio/client: export { Client }": sizes(await core('export { Client } from "@gradio/client"')),
  };
}

/** @param {Awaited<ReturnType<typeof measure>>} measured */
export function table(measured) {
  const rows = Object.entries(measured).map(
    ([what, size]) => `| ${what} | ${size.minified} | ${size.gzip} | ${size.brotli} |`,
  );
  return ["| bytes | minified | gzip | brotli |", "|---|---:|---:|---:|", ...rows].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured = await measure();
  console.log(table(measured));
  const { gzip } = measured["core: export { Client }"];
  console.log(`core: ${gzip} of ${CORE_LIMIT} bytes`);
  if (gzip > CORE_LIMIT) process.exitCode = 1;
}
