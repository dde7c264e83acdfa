/** @import { Json, ResultFile } from "./types.js" */
import { el, encoded, fill, ICONS, icon, put } from "./dom.js";
import { isObject } from "./values.js";

/**
 * Tell whether a value is a file that this server has: an app cannot say so, see telling.py.
 *
 * @param {Json} value
 * @returns {ResultFile | null}
 */
export function fileOf(value) {
  if (!isObject(value)) return null;
  const { gradlink_file: number, name, media } = value;
  if (typeof number !== "string" || typeof name !== "string" || typeof media !== "string") return null;
  return { gradlink_file: number, name, media };
}

/**
 * Show a file as what it is.
 *
 * @param {ResultFile} file
 * @returns {HTMLElement}
 */
export function fileView(file) {
  const source = `files/${encoded(file.gradlink_file)}`;
  const kind = file.media.split("/")[0];
  const box = el("figure", { class: "media" });
  const failed = () => {
    if (box.firstElementChild?.tagName !== "FIGCAPTION") box.firstElementChild?.remove();
    box.prepend(el("p", { class: "muted" }, "It cannot be shown here."));
  };
  if (kind === "image") {
    put(box, el("img", { src: source, alt: file.name, loading: "lazy", error: failed }));
  } else if (kind === "audio") {
    put(
      box,
      el("audio", {
        controls: true,
        src: source,
        preload: "metadata",
        "aria-label": file.name,
        error: failed,
      }),
    );
  } else if (kind === "video") {
    put(
      box,
      el("video", {
        controls: true,
        src: source,
        preload: "metadata",
        "aria-label": file.name,
        error: failed,
      }),
    );
  }
  put(box, el("figcaption", {}, saver(file, source)));
  return box;
}

/**
 * @param {ResultFile} file
 * @param {string} source
 */
function saver(file, source) {
  const link = el("a", { href: `${source}?save=1`, download: file.name, class: "file-link" });
  link.append(icon(ICONS["save"] ?? ""));
  put(link, el("span", {}, file.name));
  return link;
}

/**
 * Return the files in a value, in its order.
 *
 * @param {Json} value
 * @returns {ResultFile[]}
 */
export function filesIn(value) {
  const file = fileOf(value);
  if (file) return [file];
  if (Array.isArray(value)) return value.flatMap(filesIn);
  return isObject(value) ? Object.values(value).flatMap(filesIn) : [];
}

/**
 * Show pictures side by side.
 *
 * @param {Json[]} items
 * @returns {HTMLElement}
 */
export function galleryView(items) {
  if (items.length === 0) return el("p", { class: "muted" }, "An empty gallery");
  return el("ul", { class: "gallery" }, ...items.map((item) => el("li", {}, ...itemParts(item))));
}

/**
 * @param {Json} item
 * @returns {HTMLElement[]}
 */
function itemParts(item) {
  const caption = isObject(item) ? item["caption"] : Array.isArray(item) ? item[1] : null;
  const parts = filesIn(item).map(fileView);
  if (typeof caption === "string" && caption) parts.push(el("p", { class: "caption" }, caption));
  return parts;
}

/**
 * Show a value that holds files: these first, then what else it says.
 *
 * @param {Json} value
 * @param {(value: Json) => HTMLElement} show
 * @returns {HTMLElement}
 */
export function withFiles(value, show) {
  const box = el("div", { class: "stack" });
  const files = filesIn(value);
  fill(box, ...files.slice(0, 100).map(fileView));
  const only = Array.isArray(value) && value.every((one) => fileOf(one) !== null);
  if (!only) put(box, show(value));
  return box;
}
