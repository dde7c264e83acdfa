/** @import { Control, Drawing } from "./types.js" */
import { el } from "./dom.js";
import { input } from "./inputs.js";

const WRITTEN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Read a number as it is written: one of JavaScript would lose digits of a long one.
 *
 * @param {string} text
 * @returns {string | null}
 */
function numberText(text) {
  const trimmed = text
    .trim()
    .replace(/^\+/, "")
    .replace(/^(-?)\./, "$10.");
  if (trimmed === "") return null;
  if (!WRITTEN_NUMBER.test(trimmed)) throw new Error(`"${text}" is not a number`);
  return trimmed;
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function numberControl(drawing) {
  const field = input(drawing, "text");
  field.inputMode = drawing.parameter.whole ? "numeric" : "decimal";
  return {
    element: field,
    read: () => numberText(field.value),
    set: (value) => {
      field.value = typeof value === "number" ? String(value) : "";
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function rangeControl(drawing) {
  const { parameter } = drawing;
  const number = numberControl(drawing);
  const field = number.element;
  const slider = el("input", {
    type: "range",
    min: parameter.minimum,
    max: parameter.maximum,
    step: parameter.step ?? "any",
    "aria-label": parameter.label || parameter.name,
    input: () => {
      number.set(Number(slider.value));
      drawing.changed();
    },
  });
  field.addEventListener("input", follow);
  field.classList.add("short");
  slider.value = String(parameter.minimum);
  return {
    element: el("div", { class: "row range" }, slider, field),
    read: number.read,
    set: (value) => {
      number.set(value);
      follow();
    },
  };

  function follow() {
    try {
      slider.value = number.read() ?? slider.value;
    } catch {
      // It is no number yet.
    }
  }
}
