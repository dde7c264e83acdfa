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

/** Return what the names of files of a type end with, such as ".png"; "" for an unknown one. */
export function suffixOf(type: string): string {
  const found = Object.entries(TYPES).find(([, known]) => known === type);
  return found ? `.${found[0]}` : "";
}
