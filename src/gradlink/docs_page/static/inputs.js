/** @import { Control, Drawing } from "./types.js" */
import { el } from "./dom.js";

/**
 * @param {Drawing} drawing
 * @param {string} type
 */
export function input(drawing, type) {
  return el("input", {
    type,
    id: drawing.id,
    class: "input",
    "data-main": true,
    "aria-describedby": drawing.described,
    placeholder: drawing.parameter.placeholder,
    autocomplete: "off",
    spellcheck: "false",
    input: () => drawing.changed(),
  });
}

/**
 * Return a text as JSON; an empty one is none where the app's default is none.
 *
 * @param {Drawing} drawing
 * @param {string} text
 * @returns {string | null}
 */
export function textOrNone(drawing, text) {
  const { parameter } = drawing;
  const leaveOut = !parameter.required && (parameter.default === null || parameter.default_long);
  return text === "" && leaveOut ? null : JSON.stringify(text);
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function textControl(drawing) {
  const area = el("textarea", {
    id: drawing.id,
    class: "input",
    rows: 1,
    "data-main": true,
    "aria-describedby": drawing.described,
    placeholder: drawing.parameter.placeholder,
    spellcheck: "false",
    input: () => drawing.changed(),
  });
  return {
    element: area,
    read: () => textOrNone(drawing, area.value),
    set: (value) => {
      area.value = value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function passwordControl(drawing) {
  const field = input(drawing, "password");
  return {
    element: field,
    read: () => textOrNone(drawing, field.value),
    set: (value) => {
      field.value = typeof value === "string" ? value : "";
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function checkboxControl(drawing) {
  const box = el("input", {
    type: "checkbox",
    id: drawing.id,
    "data-main": true,
    "aria-describedby": drawing.described,
    change: () => drawing.changed(),
  });
  return {
    element: el("div", { class: "row" }, box),
    read: () => JSON.stringify(box.checked),
    set: (value) => {
      box.checked = value === true;
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function colorControl(drawing) {
  const control = textInputControl(drawing);
  const field = control.element;
  const color = el("input", {
    type: "color",
    "aria-label": `Pick ${drawing.parameter.label || drawing.parameter.name}`,
    input: () => {
      control.set(color.value);
      drawing.changed();
    },
  });
  field.addEventListener("input", follow);
  return {
    element: el("div", { class: "row" }, color, field),
    read: control.read,
    set: (value) => {
      control.set(value);
      follow();
    },
  };

  function follow() {
    const text = JSON.parse(control.read() ?? '""');
    if (/^#[0-9a-f]{6}$/i.test(text)) color.value = text;
  }
}

/**
 * A date as the app wants it: a text, which may also be one such as "now - 1d".
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function dateControl(drawing) {
  const control = textInputControl(drawing);
  control.element.setAttribute("placeholder", "YYYY-MM-DD HH:MM:SS");
  const picker = el("input", {
    type: "datetime-local",
    step: 1,
    class: "input short",
    "aria-label": `Pick ${drawing.parameter.label || drawing.parameter.name}`,
    input: () => {
      const [day, time] = picker.value.split("T");
      if (day && time) control.set(`${day} ${time.length === 5 ? `${time}:00` : time}`);
      drawing.changed();
    },
  });
  return {
    element: el("div", { class: "row wraps" }, control.element, picker),
    read: control.read,
    set: control.set,
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
function textInputControl(drawing) {
  const field = input(drawing, "text");
  return {
    element: field,
    read: () => textOrNone(drawing, field.value),
    set: (value) => {
      field.value = value === null ? "" : String(value);
    },
  };
}

/**
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function jsonControl(drawing) {
  const area = el("textarea", {
    id: drawing.id,
    class: "input mono",
    rows: 3,
    "data-main": true,
    "aria-describedby": drawing.described,
    placeholder: "JSON",
    spellcheck: "false",
    input: () => drawing.changed(),
  });
  return {
    element: area,
    read: () => {
      const text = area.value.trim();
      if (text === "") return null;
      try {
        JSON.parse(text);
      } catch (problem) {
        throw new Error(`this is not JSON: ${problem instanceof Error ? problem.message : problem}`);
      }
      return text;
    },
    set: (value) => {
      area.value = value === null ? "" : JSON.stringify(value, null, 2);
    },
  };
}
