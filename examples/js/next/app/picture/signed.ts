import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { FileData } from "gradlink";

// Set PICTURE_KEY to a secret where several servers share the work, so that each takes what another has signed.
const kept = globalThis as { pictureKey?: string | Buffer };
kept.pictureKey ??= process.env["PICTURE_KEY"] ?? randomBytes(32);
const key = kept.pictureKey;

const signatureOf = (path: string) => createHmac("sha256", key).update(path).digest();

/** Return where this server shows a file of the app. */
export function addressOf({ path }: FileData): string {
  return `/picture?${new URLSearchParams({ path, signature: signatureOf(path).toString("base64url") })}`;
}

/** Return the path in an address that this server has made, null for any other: visitors may not choose a file of the app. */
export function pathIn(query: URLSearchParams): string | null {
  const path = query.get("path") ?? "";
  const given = Buffer.from(query.get("signature") ?? "", "base64url");
  const wanted = signatureOf(path);
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? path : null;
}
