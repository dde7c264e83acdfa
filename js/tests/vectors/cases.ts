// The cases of the derived vectors, as they lie in vectors/.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { JsonObject, JsonValue } from "../../src/protocol/jsonvalue.ts";

const VECTORS = new URL("../../../vectors/", import.meta.url);

export const KINDS = [
  "dialects",
  "events",
  "messages",
  "diffs",
  "jobs",
  "routers",
  "schemas",
  "payloads",
  "outputs",
  "files",
  "pages",
  "replies",
  "retries",
  "sessions",
  "calls",
] as const;

export type Kind = (typeof KINDS)[number];

/** One case of a vector file. */
export interface Case {
  readonly kind: Kind;
  readonly file: string;
  readonly name: string;
  readonly given: Given;
  readonly expect: JsonValue;
}

/** A case as it is written. */
interface Written extends Case {
  /** What this client does instead. */
  readonly javascript?: JsonValue;
}

// biome-ignore lint/suspicious/noExplicitAny: vectors/schema.json says what stands in it, Python's tests hold it to that.
export type Given = any;

/** Return the cases of these kinds. */
export function cases(...kinds: Kind[]): Case[] {
  return kinds.flatMap((kind) => {
    const folder = new URL(`${kind}/`, VECTORS);
    const names = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
    return names.flatMap((name) => {
      const document = load(new URL(name, folder)) as { id: string; kind: Kind; cases: Written[] };
      return document.cases.map(({ javascript, ...one }) => ({
        ...one,
        expect: javascript ?? one.expect,
        kind: document.kind,
        file: document.id,
      }));
    });
  });
}

/** Return config and info of the uniform app of a release; info is undefined where the server has none. */
export function app(release: string): [JsonObject, JsonObject | undefined] {
  const folder = new URL(`apps/${release}/`, VECTORS);
  const config = load(new URL("config.json", folder)) as JsonObject;
  if (!existsSync(new URL("info.json", folder))) return [config, undefined];
  const info = load(new URL("info.json", folder)) as Record<string, JsonObject>;
  const more = new URL("info_extra.json", folder);
  if (existsSync(more)) {
    for (const [section, endpoints] of Object.entries(load(more) as Record<string, JsonObject>)) {
      info[section] = { ...info[section], ...endpoints };
    }
  }
  return [config, info];
}

function load(url: URL): unknown {
  return JSON.parse(readFileSync(url, "utf8"));
}
