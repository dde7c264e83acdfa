/** The pages of an app that has several. */

import type { Config } from "../types.ts";

/** Return the part of `config` that is of a page, by its name or address: of the first one if there is none. */
export function pageOf(config: Config, nameOrUrl: string): Config {
  const { page: pages = {} } = config;
  const name = URL.canParse(nameOrUrl) ? nameAt(nameOrUrl, config.root) : nameOrUrl;
  const current_page = Object.hasOwn(pages, name) ? name : "";
  const page = pages[current_page];
  if (!page) return config;
  return {
    ...config,
    current_page,
    layout: page.layout,
    components: pick(config.components, page.components),
    dependencies: pick(config.dependencies, page.dependencies),
  };
}

function nameAt(url: string, root: string): string {
  const [path, start] = [pathOf(url), pathOf(root)];
  return path.startsWith(start) ? path.slice(start.length, -1) : "";
}

function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/*$/, "/");
}

function pick<T extends { readonly id: number }>(all: readonly T[], ids: readonly number[]): T[] {
  const wanted = new Set(ids);
  return all.filter(({ id }) => wanted.has(id));
}
