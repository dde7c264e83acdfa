/** The files of a scripted app: those that were uploaded to it, with those of its results. */

import { contentOf, isMeta, META } from "../protocol/filedata.ts";
import { baseName } from "../protocol/filenames.ts";
import { asText, isObject, type JsonObject, type JsonValue, setOwn } from "../protocol/jsonvalue.ts";
import type { BlobLike } from "../types.ts";
import type { Given } from "./outputs.ts";

/** What the app has at a path. */
export interface Kept {
  readonly content: Uint8Array;
  /** Its media type, "" if it is not known. */
  readonly type: string;
}

/** Files in memory, by the paths that the app has for them. */
export class Files {
  /** Where the app serves a path, which follows. */
  readonly #url: string;
  readonly #kept: Map<string, Kept> = new Map();

  constructor(url: string) {
    this.#url = url;
  }

  /** Keep a file; return its path. */
  add(name: string, file: Kept): string {
    const folder = this.#kept.size.toString(16).padStart(32, "0");
    // An app keeps of a name what every file system takes.
    const kept = baseName(name).replace(/[^\p{L}\p{M}\p{N}._ -]/gu, "");
    const path = `/tmp/gradio/${folder}/${kept || "file"}`;
    this.#kept.set(path, file);
    return path;
  }

  /** Return what is at `path`, undefined if there is nothing. */
  at(path: string): Kept | undefined {
    return this.#kept.get(path);
  }

  /** Return an argument as a function takes it: a copy, with a `File` for each of the app's files. */
  received(value: JsonValue): unknown {
    if (Array.isArray(value)) return value.map((item) => this.received(item));
    if (!isObject(value)) return value;
    const path = asText(value["path"]) ?? "";
    const kept = isMeta(value["meta"]) ? this.#kept.get(path) : undefined;
    if (kept) {
      const name = asText(value["orig_name"]) || baseName(path);
      return new File([kept.content as BlobPart], name, { type: kept.type });
    }
    const copy = {};
    for (const [key, item] of Object.entries(value)) setOwn(copy, key, this.received(item));
    return copy;
  }

  /** Return values as they are sent, with their files kept here. */
  async sent({ values, places }: Given): Promise<JsonValue[]> {
    await Promise.all(
      places.map(async ({ file, into }) => {
        const blob = file.source as BlobLike;
        const content = await contentOf(blob);
        Object.assign(into, this.#described(file.name, { content, type: file.type || blob.type }));
      }),
    );
    return values;
  }

  #described(name: string, file: Kept): JsonObject {
    const path = this.add(name, file);
    return {
      path,
      url: this.#url + path,
      size: file.content.length,
      orig_name: baseName(name) || "file",
      mime_type: file.type || null,
      is_stream: false,
      meta: { _type: META },
    };
  }
}

/** Return the files of a form that was sent. */
export async function uploaded(
  body: Uint8Array,
  type: string,
): Promise<{ readonly name: string; readonly file: Kept }[]> {
  const form = await new Response(body as BodyInit, { headers: { "content-type": type } }).formData();
  const sent = form.getAll("files").filter((one) => typeof one !== "string");
  return await Promise.all(
    sent.map(async (one) => {
      const file = { content: await contentOf(one), type: one.type };
      // Not every runtime reads the escapes of a form.
      return { name: one.name.replace(/%22|%0D|%0A/gi, decodeURIComponent), file };
    }),
  );
}
