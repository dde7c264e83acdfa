/** The pages of an app that has several. */

import { asList, asObject, isObject, type JsonValue } from "../protocol/jsonvalue.ts";
import { normalise } from "../protocol/routes.ts";
import type { Config } from "../types.ts";

/** Return the part of `config` that is of a page, by its name or address: of the first one if there is none. */
export function pageOf(config: Config, nameOrUrl: string): Config {
  const pages = asObject(config.page);
  const name = URL.canParse(nameOrUrl) ? nameAt(nameOrUrl, config.root) : nameOrUrl;
  const current_page = Object.hasOwn(pages, name) ? name : "";
  const page = pages[current_page];
  if (!isObject(page)) return config;
  return {
    ...config,
    current_page,
    layout: page["layout"],
    components: pick(config.components, page["components"]),
    dependencies: pick(config.dependencies, page["dependencies"]),
  };
}

function nameAt(url: string, root: unknown): string {
  const [path, start] = [pathOf(url), pathOf(root)];
  return path.startsWith(start) ? path.slice(start.length, -1) : "";
}

function pathOf(url: unknown): string {
  return typeof url === "string" && URL.canParse(url) ? new URL(normalise(url)).pathname : "/";
}

function pick<T>(all: readonly T[], ids: unknown): T[] {
  const wanted = new Set(asList(ids));
  return asList(all).filter((one) => wanted.has(asObject(one)["id"] as JsonValue)) as T[];
}
