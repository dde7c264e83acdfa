/**
 * Data URIs: files whose content is in the value itself, in base64 or percent-encoded.
 *
 * Gradio 3 sends images so, and every version since 5.0 an SVG. Vectors: files/inline.
 */

import { ProtocolError } from "../errors.ts";
import type { JsonObject } from "./jsonvalue.ts";

// The comma comes after a type and its parameters; a text in which it comes later is something else.
const MAX_HEAD = 200;

/** Tell whether `text` is a data URI. */
export function isDataUri(text: string): boolean {
  return text.slice(0, 5).toLowerCase() === "data:" && text.slice(0, MAX_HEAD).includes(",");
}

/** Return the data URI that is the content of a file of a result: an SVG is sent so, without a path. */
export function contentUri({ path, name, url }: JsonObject): string | undefined {
  return typeof url === "string" && isDataUri(url) && !path && !name ? url : undefined;
}

/** Return the type that a data URI names, such as "image/svg+xml", "" if it names none. */
export function mediaType(uri: string): string {
  return (uri.slice(5, uri.indexOf(",")).split(";", 1)[0] as string).trim().toLowerCase();
}

/**
 * Return the content of a data URI.
 *
 * @throws ProtocolError if it is broken.
 */
export function uriContent(uri: string): Uint8Array {
  const comma = uri.indexOf(",");
  const content = unquoted(uri.slice(comma + 1));
  if (!uri.slice(0, comma).trimEnd().toLowerCase().endsWith(";base64")) return content;
  try {
    return Uint8Array.from(atob(new TextDecoder().decode(content)), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw new ProtocolError("the app sends a file as a broken data URI", { cause });
  }
}

/** Return the bytes of a text whose %-codes stand for bytes. */
function unquoted(text: string): Uint8Array {
  const coded = new TextEncoder().encode(text);
  let length = 0;
  for (let index = 0; index < coded.length; index += 1, length += 1) {
    const high = coded[index] === 0x25 ? digit(coded[index + 1]) : -1;
    const low = digit(coded[index + 2]);
    const isCode = high >= 0 && low >= 0;
    coded[length] = isCode ? high * 16 + low : (coded[index] as number);
    if (isCode) index += 2;
  }
  return coded.subarray(0, length);
}

/** Return the value of a hexadecimal digit, -1 for another letter. */
function digit(code: number | undefined): number {
  const found = Number.parseInt(String.fromCharCode(code ?? 0), 16);
  return Number.isNaN(found) ? -1 : found;
}
