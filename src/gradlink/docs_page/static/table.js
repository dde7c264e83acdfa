/** @import { Control, Drawing, Json } from "./types.js" */
import { button, el, fill, put } from "./dom.js";
import { isObject } from "./values.js";

// More is given as a file, or by a program.
const MAX_EDITED_ROWS = 100;
const MAX_EDITED_COLUMNS = 50;

/**
 * A table: its head and its cells are fields.
 *
 * @param {Drawing} drawing
 * @returns {Control}
 */
export function tableControl(drawing) {
  /** @type {Json[]} */
  let headers = ["1", "2"];
  /** @type {Json[][]} */
  let rows = [["", ""]];
  const body = el("div", { class: "table-box" });
  const adders = el(
    "div",
    { class: "row wraps" },
    button("Row", () => change(() => rows.push(headers.map(() => ""))), {
      icon: "plus",
      class: "plain small",
    }),
    button("Column", () => change(addColumn), { icon: "plus", class: "plain small" }),
    button("Remove row", () => change(() => rows.pop()), { class: "plain small" }),
    button("Remove column", () => change(removeColumn), { class: "plain small" }),
  );
  draw();
  return {
    element: el("div", { class: "stack" }, body, adders),
    read: () => JSON.stringify({ headers, data: rows, metadata: null }),
    set,
  };

  function addColumn() {
    if (headers.length >= MAX_EDITED_COLUMNS) return;
    headers = [...headers, String(headers.length + 1)];
    rows = rows.map((row) => [...row, ""]);
  }

  function removeColumn() {
    headers = headers.slice(0, -1);
    rows = rows.map((row) => row.slice(0, headers.length));
  }

  /** @param {() => unknown} act */
  function change(act) {
    act();
    rows = rows.slice(0, MAX_EDITED_ROWS);
    draw();
    drawing.changed();
  }

  /** @param {Json} value */
  function set(value) {
    const given = isObject(value) ? value["headers"] : value === null ? ["1", "2"] : null;
    const data = isObject(value) ? value["data"] : (value ?? [["", ""]]);
    rows = Array.isArray(data) ? data.map((row) => (Array.isArray(row) ? row : [row])) : [];
    const width = Math.max(...rows.map((row) => row.length), 0);
    headers = Array.isArray(given) ? given : Array.from({ length: width }, (_, index) => String(index + 1));
    draw();
  }

  function draw() {
    const head = el(
      "tr",
      {},
      ...headers.map((one, column) =>
        el(
          "th",
          { scope: "col" },
          cell(one, `Name of column ${column + 1}`, (text) => {
            headers[column] = text;
          }),
        ),
      ),
    );
    const lines = rows.slice(0, MAX_EDITED_ROWS).map((row, line) =>
      el(
        "tr",
        {},
        ...headers.map((_, column) =>
          el(
            "td",
            {},
            cell(row[column] ?? "", `Row ${line + 1}, column ${column + 1}`, (text) => {
              row[column] = typed(text);
            }),
          ),
        ),
      ),
    );
    fill(body, el("table", { class: "table edit" }, el("thead", {}, head), el("tbody", {}, ...lines)));
    if (rows.length === 0) put(body, el("p", { class: "muted pad" }, "No rows yet"));
    if (rows.length > MAX_EDITED_ROWS)
      put(body, el("p", { class: "muted" }, `${rows.length - MAX_EDITED_ROWS} more rows`));
  }

  /**
   * @param {Json} value
   * @param {string} name
   * @param {(text: string) => void} take
   */
  function cell(value, name, take) {
    const input = el("input", {
      class: "cell",
      "aria-label": name,
      input: () => {
        take(input.value);
        drawing.changed();
      },
    });
    input.value = typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
    return input;
  }
}

/**
 * Return what is meant by the text of a cell: a number if it reads like one.
 *
 * @param {string} text
 * @returns {Json}
 */
function typed(text) {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text) ? Number(text) : text;
}
