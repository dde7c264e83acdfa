/** Pages of apps: which app an address belongs to, the config in their HTML, and their part of it. Vectors: pages. */

import { NotFoundError } from "../errors.ts";
import type { Config } from "../types.ts";
import { unquote } from "./filedata.ts";
import { asList, asObject, decode, isObject, type JsonValue, keepAppId } from "./jsonvalue.ts";
import { type Reply, replyError } from "./replies.ts";
import { normalise, withoutCredentials } from "./routes.ts";

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

const ASSIGNMENT = "window.gradio_config = ";

/**
 * Return the config that an app's page assigns; present in all versions.
 *
 * @throws NotFoundError if the page is none of Gradio.
 */
export function configOfPage(reply: Reply): JsonValue {
  if (reply.status !== 200 && reply.status !== 404) throw replyError(reply, "the app's page");
  const url = withoutCredentials(reply.url);
  const start = reply.body.indexOf(ASSIGNMENT);
  if (start < 0) {
    throw new NotFoundError(`${url} is not a Gradio app: neither /config nor its page has one`, {
      status: reply.status,
      url,
    });
  }
  return decode(
    keepAppId(objectAt(reply.body, start + ASSIGNMENT.length)),
    `the config in the page at ${url}`,
  );
}

/** Return the text of the JSON object that begins at `start`; other code follows it. */
function objectAt(text: string, start: number): string {
  let depth = 0;
  for (let place = start; place < text.length; place++) {
    const letter = text[place];
    if (letter === '"') place = endOfString(text, place);
    else if (letter === "{") depth += 1;
    else if (letter === "}" && --depth === 0) return text.slice(start, place + 1);
  }
  return text.slice(start);
}

/** Return where the JSON string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let place = start + 1;
  while (place < text.length && text[place] !== '"') place += text[place] === "\\" ? 2 : 1;
  return place;
}

/**
 * Return the part of `config` that is of a page, by its name or address: of the first one if there is none.
 *
 * The config of an app without several pages is whole.
 */
export function pageOf(config: Config, nameOrUrl: string): Config {
  if (asList(config["pages"]).length < 2) return config;
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
