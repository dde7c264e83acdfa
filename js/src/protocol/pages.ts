/** Addresses of pages: which app they belong to. Vectors: pages. */

import { unquote } from "./filedata.ts";

// Pages have names of one part, and few apps lie deeper than that.
const MAX_ABOVE = 4;

/**
 * Return the base of the app whose page `page` lies at `base`, undefined if `base` does not end with it.
 *
 * Wire: `current_page` in the config of a page of an app with several (since 5.19).
 */
export function withoutPage(base: string, page: string): string | undefined {
  const names = namesOf(new URL(base).pathname);
  const wanted = namesOf(page).map(unquote);
  const found = names.slice(-wanted.length).map(unquote);
  if (!wanted.length || found.length !== wanted.length) return undefined;
  return found.every((name, index) => name === wanted[index])
    ? withNames(base, names.slice(0, -wanted.length))
    : undefined;
}

/** Return the addresses that `base` may be a page of, the nearest first. */
export function above(base: string): string[] {
  const names = namesOf(new URL(base).pathname);
  return names
    .map((_, index) => withNames(base, names.slice(0, names.length - 1 - index)))
    .slice(0, MAX_ABOVE);
}

function namesOf(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function withNames(base: string, names: string[]): string {
  const url = new URL(base);
  url.pathname = names.map((name) => `${name}/`).join("");
  return url.href;
}
