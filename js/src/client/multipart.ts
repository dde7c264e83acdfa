/**
 * Forms with files, as any `fetch` sends them.
 *
 * A FormData is known to the fetch of its own package only: another one sends the text "[object FormData]" in its place,
 * and a Blob of another package inside of a Blob or a FormData becomes such a text, too.
 */

import { contentOf } from "../protocol/filedata.ts";
import type { BlobLike } from "../types.ts";

/** A field of a form: its name, its value, and the file's name if it is a file. */
export type Field = readonly [name: string, value: string | BlobLike, filename?: string];

/** A form that is ready to be sent. */
export interface Form {
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** Return a form with these fields. */
export async function form(fields: readonly Field[]): Promise<Form> {
  // In small letters: the type of a Blob is.
  const boundary = `gradlink-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const type = `multipart/form-data; boundary=${boundary}`;
  const parts: unknown[] = [];
  for (const [name, value, filename] of fields) {
    const isText = typeof value === "string";
    const file = filename === undefined ? "" : `; filename="${escaped(filename)}"`;
    const kind = isText
      ? ""
      : `\r\nContent-Type: ${(value.type || "application/octet-stream").replace(/[\r\n]/g, " ")}`;
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}${kind}\r\n\r\n`,
    );
    parts.push(isText || isOwn(value) ? value : await contentOf(value), "\r\n");
  }
  parts.push(`--${boundary}--\r\n`);
  const body = new Blob(parts as BlobPart[], { type });
  // A Blob says its type itself; workerd prints a warning if it is said twice.
  if (isTaken(body)) return { body, headers: {} };
  return { body: await contentOf(body), headers: { "content-type": type } };
}

function escaped(text: string): string {
  return text.replace(
    /["\r\n]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Tell whether the platform takes a Blob for what it is, so that it need not be read before it is sent. */
function isOwn(blob: BlobLike): boolean {
  return blob instanceof Blob && new Blob([blob]).size === blob.size;
}

/** Tell whether `fetch` takes this Blob, as far as one can tell: in a page of jsdom they are of different packages. */
function isTaken(body: Blob): boolean {
  return typeof Response === "function" && new Response(body).headers.get("content-type") === body.type;
}
