/** @import { Control, Drawing, Json } from "./types.js" */
import { el } from "./dom.js";
import { FilePicker } from "./picking.js";
import { isObject } from "./values.js";

/** @typedef {import("./picking.js").Item} Item */

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function fileControl(drawing) {
  const picker = new FilePicker(drawing, false);
  return {
    element: picker.element,
    read: () => {
      const [item] = picker.read();
      return item ? JSON.stringify(item.value) : null;
    },
    set: (value) => picker.set([value]),
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function filesControl(drawing) {
  const picker = new FilePicker(drawing, true);
  return {
    element: picker.element,
    read: () =>
      listed(
        drawing,
        picker.read().map((item) => item.value),
      ),
    set: (value) => picker.set(Array.isArray(value) ? value : [value]),
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function galleryControl(drawing) {
  const picker = new FilePicker(drawing, true);
  /** @type {(one: Json) => Json} */
  const file = (one) => (isObject(one) ? (one["image"] ?? one["video"] ?? null) : null);
  return {
    element: picker.element,
    read: () => {
      const items = picker.read();
      return listed(
        drawing,
        items.map((item) => ({ [isVideo(item) ? "video" : "image"]: item.value, caption: null })),
      );
    },
    set: (value) => picker.set(Array.isArray(value) ? value.map(file) : []),
  };
}

/**
 * A picture with layers, of which the page gives one: the background.
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function pictureControl(drawing) {
  const picker = new FilePicker(drawing, false);
  return {
    element: picker.element,
    read: () => {
      const [item] = picker.read();
      return item ? JSON.stringify({ background: item.value, layers: [], composite: item.value }) : null;
    },
    set: (value) => picker.set(isObject(value) ? [value["background"] ?? value["composite"] ?? null] : []),
  };
}

/**
 * A message: a text with files.
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function messageControl(drawing) {
  const { id, described, parameter } = drawing;
  const name = parameter.label || parameter.name;
  const text = el("textarea", {
    class: "input",
    id,
    rows: 3,
    "data-main": true,
    "aria-label": name,
    "aria-describedby": described,
    placeholder: parameter.placeholder,
    input: () => drawing.changed(),
  });
  const picker = new FilePicker({ ...drawing, id: `${id}-files` }, true);
  picker.input.setAttribute("aria-label", `Files of ${name}`);
  picker.input.removeAttribute("data-main");
  const box = el("div", { class: "stack" }, text, picker.element);
  return {
    element: box,
    read: () => JSON.stringify({ text: text.value, files: picker.read().map((item) => item.value) }),
    set: (value) => {
      const files = isObject(value) ? value["files"] : null;
      text.value = isObject(value) ? String(value["text"] ?? "") : typeof value === "string" ? value : "";
      picker.set(Array.isArray(files) ? files : []);
    },
  };
}

/**
 * @param {Drawing} drawing
 * @param {Json[]} values
 * @returns {string | null}
 */
function listed(drawing, values) {
  return values.length === 0 && drawing.parameter.required ? null : JSON.stringify(values);
}

/** @param {Item} item */
function isVideo(item) {
  return item.kind.startsWith("video/") || /\.(mp4|webm|mov|mkv|avi|ogv)$/i.test(item.name);
}
