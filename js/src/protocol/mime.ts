/** The types of files by their names. */

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
