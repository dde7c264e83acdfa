/** Files in the data of a call itself: servers before 3.19 take no uploads, and images stay data URIs until 4.0. */

import { contentOf } from "../protocol/filedata.ts";
import { typeOfName } from "../protocol/mime.ts";
import type { BlobLike } from "../types.ts";

// What a runtime takes as arguments of one call.
const CHUNK = 0x8000;

/** Return a file as a data URI. */
export async function dataUri({ name, blob }: { name: string; blob: BlobLike }): Promise<string> {
  const bytes = await contentOf(blob);
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return `data:${blob.type || typeOfName(name)};base64,${btoa(binary)}`;
}
