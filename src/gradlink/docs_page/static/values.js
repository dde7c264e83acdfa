/** @import { Json } from "./types.js" */
import { button, el, fill, put } from "./dom.js";
import { codeBlock } from "./highlight.js";

// Of a text that is longer, the beginning is shown until somebody wants all of it.
const FOLDED = 4_000;

/**
 * Return a text, folded if it is long.
 *
 * @param {string} text
 * @param {(part: string) => Node} show
 * @param {number} [limit]
 * @returns {HTMLElement}
 */
export function folded(text, show, limit = FOLDED) {
  const place = el("div", { class: "folded" });
  if (text.length <= limit * 1.25) {
    place.append(show(text));
    return place;
  }
  place.append(show(`${text.slice(0, limit)}…`));
  const more = (text.length - limit).toLocaleString("en");
  const opener = button(`Show ${more} more characters`, () => fill(place, show(text)), { class: "link" });
  put(place, opener);
  return place;
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
export function textView(text) {
  if (text === "") return el("p", { class: "muted" }, "An empty text");
  return folded(text, (part) => el("div", { class: "text" }, part));
}

/**
 * @param {string} text
 * @param {string} language
 * @returns {HTMLElement}
 */
export function codeView(text, language) {
  return folded(text, (part) => codeBlock(part, language, "Code"));
}

/**
 * @param {Json} value
 * @returns {HTMLElement}
 */
export function jsonView(value) {
  return codeView(JSON.stringify(value, null, 2), "json");
}

/**
 * @param {number} count
 * @returns {string}
 */
export function bytes(count) {
  if (count < 1000) return `${count} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = count;
  let unit = "";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/**
 * @param {number} value
 * @returns {string}
 */
export function seconds(value) {
  if (value < 60) return `${value.toFixed(1)} s`;
  return `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
}

/**
 * Tell whether two JSON values are the same.
 *
 * @param {Json} one
 * @param {Json} other
 * @returns {boolean}
 */
export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * @param {Json | undefined} value
 * @returns {value is { [key: string]: Json }}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
