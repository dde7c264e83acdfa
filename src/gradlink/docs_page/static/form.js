/** @import { Endpoint, Json } from "./types.js" */
import { drawControl } from "./controls.js";
import { button, el, put } from "./dom.js";
import { FieldRow } from "./fields.js";

/** The form of an endpoint: a row for each parameter. */
export class Form {
  /**
   * @param {Endpoint} endpoint
   * @param {{ live: boolean, changed: () => void, example: (index: number) => void }} page
   */
  constructor(endpoint, page) {
    this.endpoint = endpoint;
    this.page = page;
    /** Those that somebody has touched: the others are not called wrong yet, and have the app's defaults.
     * @type {Set<string>} */
    this.touched = new Set();
    this.rows = endpoint.parameters.map((one, index) => {
      const row = new FieldRow(one, `field-${endpoint.id}-${index}`);
      if (page.live) {
        const { id } = row;
        const changed = () => this.change(one.name);
        row.take(
          drawControl({ parameter: one, id, described: `${id}-info ${id}-problem`, changed, live: true }),
        );
      } else if (one.choices.length > 0)
        put(row.element, choiceList(one.choices.map((choice) => choice.label)));
      return row;
    });
    this.element = el("div", { class: "form" }, ...this.rows.map((row) => row.element));
    if (this.rows.length === 0)
      put(this.element, el("p", { class: "muted empty" }, "It takes no parameters."));
  }

  /** @param {string} name */
  change(name) {
    this.touched.add(name);
    this.page.changed();
  }

  /**
   * Return the values as JSON, and what is wrong with those that are none.
   *
   * @returns {{ json: string, problems: Record<string, string> }}
   */
  read() {
    /** @type {string[]} */
    const parts = [];
    /** @type {Record<string, string>} */
    const problems = {};
    for (const row of this.rows) {
      const { name, required } = row.parameter;
      // What it shows of a default may be less than the app's own, such as a number of too many digits.
      if (!required && !this.touched.has(name)) continue;
      try {
        const value = row.control?.read() ?? null;
        if (value !== null) parts.push(`${JSON.stringify(name)}:${value}`);
      } catch (problem) {
        problems[name] = problem instanceof Error ? problem.message : String(problem);
      }
    }
    return { json: `{${parts.join(",")}}`, problems };
  }

  /**
   * Show what is wrong with the values.
   *
   * @param {Record<string, string>} problems
   * @param {boolean} all also with those that nobody has touched yet.
   * @returns {boolean} whether something is.
   */
  show(problems, all) {
    let first = true;
    for (const row of this.rows) {
      const text = problems[row.parameter.name] ?? "";
      row.show(all || this.touched.has(row.parameter.name) ? text : "");
      if (text && all && first) {
        first = false;
        const main = row.element.querySelector("[data-main]");
        if (main instanceof HTMLElement) main.focus();
      }
    }
    return !first;
  }

  /**
   * Take the values of an example; those that it does not have are the app's defaults again.
   *
   * @param {{ [name: string]: Json }} values
   */
  set(values) {
    for (const { control, parameter } of this.rows) {
      const given = parameter.name in values;
      control?.set(given ? (values[parameter.name] ?? null) : parameter.required ? null : parameter.default);
      if (given) this.touched.add(parameter.name);
      else this.touched.delete(parameter.name);
    }
    this.page.changed();
  }

  reset() {
    this.touched.clear();
    this.set({});
    this.show({}, true);
  }
}

/** @param {string[]} labels */
function choiceList(labels) {
  const shown = labels.slice(0, 30);
  const more = labels.length - shown.length;
  return el(
    "div",
    { class: "chips" },
    ...shown.map((label) => el("span", { class: "chip" }, label || "(empty)")),
    more > 0 ? el("span", { class: "muted" }, `${more} more`) : null,
  );
}

/**
 * Make the buttons that fill the form with the app's examples.
 *
 * @param {Endpoint} endpoint
 * @param {(index: number) => void} choose
 * @returns {HTMLElement | null}
 */
export function exampleButtons(endpoint, choose) {
  if (endpoint.examples.length === 0) return null;
  const buttons = endpoint.examples.map((one, index) =>
    button(one.label, () => choose(index), { class: "chip" }),
  );
  return el(
    "div",
    { class: "examples" },
    el("h2", { class: "section" }, "Examples"),
    el("div", { class: "chips" }, ...buttons),
  );
}
