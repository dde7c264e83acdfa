// Tells what gradlink adds to a page, minified and compressed; fails if the core is above its limit.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What `export { Client }` may cost, in bytes, minified and gzipped. */
export const CORE_LIMIT = 12_000;

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundle one line of code that uses a package, as an application would; return what is loaded with it, and all of it.
 *
 * @param {string} code
 */
async function bundled(code) {
  const result = await build({
    absWorkingDir: root,
    stdin: { contents: code, resolveDir: root },
    // Ours leads "gradlink" to the source for Node.
    tsconfigRaw: "{}",
    outdir: "memory",
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: ["es2022"],
    logLevel: "warning",
  });
  const { outputs } = result.metafile;
  const start = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === "<stdin>");
  if (start === undefined) throw new Error("esbuild wrote nothing");
  const atOnce = new Set([start]);
  for (const name of atOnce) {
    for (const { kind, path } of outputs[name]?.imports ?? [])
      if (kind === "import-statement") atOnce.add(path);
  }
  /** @param {(name: string) => boolean} wanted */
  const pick = (wanted) => {
    const files = result.outputFiles.filter(({ path }) => wanted(relative(root, path).replaceAll("\\", "/")));
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
  const core = await bundled('export { Client } from "gradlink"');
  const existing = await bundled('export { Client } from "@gradio/client"');
  return {
    "core: export { Client }": sizes(core.atOnce),
    "with what is loaded when it is needed": sizes(core.all),
    "everything: export *": sizes((await bundled('export * from "gradlink"')).all),
    "dist/gradlink.min.js": sizes(readFileSync(`${root}dist/gradlink.min.js`)),
    "@gradio/client: export { Client }": sizes(existing.atOnce),
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
  const core = measured["core: export { Client }"].gzip;
  console.log(`core: ${core} of ${CORE_LIMIT} bytes`);
  if (core > CORE_LIMIT) process.exitCode = 1;
}
