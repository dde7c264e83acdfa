/** @import { Control, Parameter } from "./types.js" */
import { el, put } from "./dom.js";

/**
 * Return what is known of a parameter in one line: its name, its type, its bounds.
 *
 * @param {Parameter} parameter
 * @returns {HTMLElement}
 */
export function facts(parameter) {
  const line = el("div", { class: "facts" });
  put(line, el("code", { class: "name" }, parameter.name));
  put(line, el("span", { class: "type" }, shortened(parameter.type)));
  if (parameter.component && parameter.component !== "Api") put(line, el("span", {}, parameter.component));
  const range = rangeText(parameter.minimum, parameter.maximum);
  if (range) put(line, el("span", {}, range));
  if (parameter.step !== null && range) put(line, el("span", {}, `steps of ${parameter.step}`));
  if (parameter.choices.length > 0 && parameter.custom) put(line, el("span", {}, "or anything else"));
  if (parameter.file_types.length > 0) put(line, el("span", {}, parameter.file_types.join(", ")));
  if (!parameter.required)
    put(line, el("span", { class: "default" }, "default ", el("code", {}, parameter.default_text)));
  return line;
}

/**
 * @param {number | null} minimum
 * @param {number | null} maximum
 * @returns {string}
 */
function rangeText(minimum, maximum) {
  if (minimum === null && maximum === null) return "";
  if (minimum === null) return `up to ${maximum}`;
  return maximum === null ? `from ${minimum}` : `${minimum} to ${maximum}`;
}

// The type of a conversation or of a table is longer than anybody reads in a form.
const MAX_TYPE = 120;

/**
 * @param {string} type
 * @returns {string}
 */
export function shortened(type) {
  return type.length <= MAX_TYPE ? type : `${type.slice(0, MAX_TYPE)}…`;
}

// Those of several elements, none of which is the one that the label is of.
const GROUPS = ["choices", "files", "gallery", "dataframe", "message"];
// So many choices are seen at once; more are in a list that opens.
const PILLS = 5;
const PILL_LENGTH = 24;

/**
 * Tell whether all choices of a parameter are to be seen at once.
 *
 * @param {Parameter} parameter
 * @returns {boolean}
 */
export function hasPills(parameter) {
  const { choices, control, custom } = parameter;
  if (control !== "choice" || (custom && choices.every((one) => typeof one.value === "string"))) return false;
  return choices.length <= PILLS && choices.every((one) => one.label.length <= PILL_LENGTH);
}

/** A row of the form: a parameter, its control, and what is wrong with its value. */
export class FieldRow {
  /**
   * @param {Parameter} parameter
   * @param {string} id
   */
  constructor(parameter, id) {
    this.parameter = parameter;
    this.id = id;
    this.problem = el("p", { class: "problem", id: `${id}-problem`, hidden: true });
    this.head = el("div", { class: "field-head" });
    /** @type {Control | null} */
    this.control = null;
    const group = GROUPS.includes(parameter.control) || hasPills(parameter);
    this.element = el(
      "div",
      { class: "field", ...(group ? { role: "group", "aria-labelledby": `${id}-label` } : {}) },
      this.head,
    );
    const name = parameter.label || parameter.name;
    const label = el(
      group ? "span" : "label",
      { class: "label", id: `${id}-label`, ...(group ? {} : { for: id }) },
      name,
    );
    put(this.head, label, parameter.required ? el("span", { class: "badge required" }, "required") : null);
    put(this.element, facts(parameter));
    const said = [parameter.info, parameter.note].filter((text) => text && text !== name);
    this.info = el("p", { class: "info", id: `${id}-info`, hidden: said.length === 0 }, said.join(" · "));
    put(this.element, this.info);
  }

  /** @param {Control} control */
  take(control) {
    this.control = control;
    put(this.element, control.element, this.problem);
  }

  /** @param {string} text */
  show(text) {
    this.problem.hidden = text === "";
    this.element.classList.toggle("wrong", text !== "");
    this.problem.textContent = "";
    put(this.problem, text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : "");
    for (const one of this.element.querySelectorAll("[data-main]")) {
      if (text) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }
}
