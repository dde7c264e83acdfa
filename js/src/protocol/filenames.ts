/** Names of files: paths of this machine, and the types that they end with. */

import { FileError } from "../errors.ts";

/** Return what follows the last slash or backslash of `path`. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** Tell whether this machine has paths such as `C:\a.txt`. */
export function isWindows(): boolean {
  return (globalThis as { process?: { platform?: string } }).process?.platform === "win32";
}

/**
 * Return the path that a `file:` address names, on Windows or elsewhere.
 *
 * @throws FileError for an address of another machine, which only Windows can reach, or one that is broken.
 */
export function pathOf(address: string, onWindows: boolean): string {
  const wrong = (why: string) =>
    new FileError(`${JSON.stringify(address)} is not a file of this machine: ${why}`);
  if (!URL.canParse(address)) throw wrong("it is not an address");
  const { hostname, pathname } = new URL(address);
  // An encoded slash would be a part of a name, which no file system allows.
  if (/%2f/i.test(pathname) || (onWindows && /%5c/i.test(pathname))) throw wrong("a name in it has a slash");
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    throw wrong("it has a % that is not an escape");
  }
  if (!onWindows) {
    if (hostname) throw wrong(`it is at ${hostname}`);
    return path;
  }
  const local = path.replaceAll("/", "\\");
  if (hostname) return `\\\\${hostname}${local}`;
  if (/^\\[a-z]:/i.test(local)) return local.slice(1);
  throw wrong("it has no drive, such as file:///C:/a.txt");
}

const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  wav: "audio/wav",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  svg: "image/svg+xml",
  ogg: "audio/ogg",
  flac: "audio/flac",
  m4a: "audio/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  md: "text/markdown",
  html: "text/html",
  zip: "application/zip",
  txt: "text/plain",
  csv: "text/csv",
  json: "application/json",
  pdf: "application/pdf",
};

/** Return the type of a file that is called `name`. */
export function typeOfName(name: string): string {
  const suffix = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  return (Object.hasOwn(TYPES, suffix) && TYPES[suffix]) || "application/octet-stream";
}

const BEGINNINGS: Readonly<Record<string, string>> = {
  OggS: "ogg",
  fLaC: "flac",
  ID3: "mp3",
  "\x89PNG\r\n\x1a\n": "png",
  "\xff\xd8\xff": "jpg",
  GIF8: "gif",
  "%PDF-": "pdf",
  "\x1aE\xdf\xa3": "webm",
  // The first frame of an MP3 without tags: its sync bits, MPEG 1 or 2, layer III.
  "\xff\xfa": "mp3",
  "\xff\xfb": "mp3",
  "\xff\xf2": "mp3",
  "\xff\xf3": "mp3",
};
const RIFF: Readonly<Record<string, string>> = { WAVE: "wav", WEBP: "webp", "AVI ": "avi" };

/** How many first bytes of a file say what it is. */
export const HEAD_BYTES = 12;

/**
 * Return what the name of a file should end with that begins with `head`, such as ".wav"; "" if that is not known.
 *
 * Programs that read sound go by it.
 */
export function suffixOfContent(head: Uint8Array): string {
  const text = String.fromCharCode(...head);
  const [kind, form] = [text.slice(4, 8), text.slice(8, 12)];
  let found = Object.entries(BEGINNINGS).find(([beginning]) => text.startsWith(beginning))?.[1];
  if (text.startsWith("RIFF")) found = RIFF[form];
  else if (kind === "ftyp") found = form.startsWith("M4A") ? "m4a" : "mp4";
  return found ? `.${found}` : "";
}

/** Return what the names of files of a type end with, such as ".png"; "" for an unknown one. */
export function suffixOf(type: string): string {
  const found = Object.entries(TYPES).find(([, known]) => known === type);
  return found ? `.${found[0]}` : "";
}
