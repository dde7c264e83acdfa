/** @import { Json, Returned } from "./types.js" */
import { el, put } from "./dom.js";
import { fileOf, filesIn, fileView, galleryView, withFiles } from "./media.js";
import { codeView, folded, isObject, jsonView, textView } from "./values.js";

const MAX_ROWS = 1000;
const MAX_COLUMNS = 100;
const MAX_MESSAGES = 500;
const MAX_BARS = 50;
const HUES = 8;

/** @type {Record<string, (value: Json) => HTMLElement | null>} */
const VIEWS = {
  annotatedimage: filesView,
  chatbot: chatView,
  code: (value) => (typeof value === "string" ? codeView(value, "python") : null),
  dataframe: tableView,
  gallery: (value) => (Array.isArray(value) ? galleryView(value) : null),
  highlightedtext: wordsView,
  html: (value) => (typeof value === "string" ? codeView(value, "html") : null),
  imageslider: (value) => (Array.isArray(value) ? galleryView(value) : null),
  label: labelView,
  number: numberView,
  plot: plotView,
  slider: numberView,
};

/**
 * Show the values of a result.
 *
 * @param {Json[]} values
 * @param {Returned[]} returns
 * @returns {HTMLElement}
 */
export function resultView(values, returns) {
  const box = el("div", { class: "values" });
  if (
    returns.length === 0 &&
    values.every((one) => one === null || (Array.isArray(one) && one.length === 0))
  ) {
    put(box, el("p", { class: "muted" }, "Done. This endpoint returns nothing."));
    return box;
  }
  for (const [index, value] of values.entries()) {
    const told = returns[index];
    const head = el("h4", { class: "value-label" }, told?.label || `value ${index + 1}`);
    put(
      box,
      el(
        "div",
        { class: "value" },
        values.length > 1 || told ? head : null,
        valueView(value, told?.component ?? ""),
      ),
    );
  }
  return box;
}

/**
 * Show one value as its component would.
 *
 * @param {Json} value
 * @param {string} component
 * @returns {HTMLElement}
 */
export function valueView(value, component) {
  if (value === null) return el("p", { class: "muted" }, "Nothing (null)");
  const file = fileOf(value);
  if (file) return fileView(file);
  const shown = VIEWS[component.toLowerCase()]?.(value);
  if (shown) return shown;
  if (typeof value === "string") return textView(value);
  if (typeof value === "number" || typeof value === "boolean")
    return el("p", { class: "scalar" }, String(value));
  return filesView(value) ?? jsonView(value);
}

/** @param {Json} value */
function filesView(value) {
  return filesIn(value).length > 0 ? withFiles(value, jsonView) : null;
}

/** @param {Json} value */
function numberView(value) {
  return typeof value === "number" ? el("p", { class: "scalar" }, String(value)) : null;
}

/** @param {Json} value */
function labelView(value) {
  if (!isObject(value)) return null;
  const { label, confidences } = value;
  const box = el("div", { class: "stack" }, el("p", { class: "scalar" }, String(label ?? "")));
  if (!Array.isArray(confidences)) return box;
  const bars = el("ul", { class: "bars" });
  for (const one of confidences.slice(0, MAX_BARS)) {
    if (!isObject(one)) continue;
    const share = Number(one["confidence"] ?? 0);
    const name = String(one["label"] ?? "");
    const percent = `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`;
    const bar = el(
      "meter",
      { min: 0, max: 1, value: Math.min(Math.max(share || 0, 0), 1), "aria-label": name },
      percent,
    );
    put(
      bars,
      el("li", {}, el("span", { class: "bar-name" }, name), el("span", { class: "muted" }, percent), bar),
    );
  }
  put(box, bars);
  return box;
}

/** @param {Json} value */
function tableView(value) {
  const data = isObject(value) ? value["data"] : value;
  const headers = isObject(value) ? value["headers"] : null;
  if (!Array.isArray(data)) return null;
  const rows = data.map((row) => (Array.isArray(row) ? row : [row]));
  const names = Array.isArray(headers) ? headers.slice(0, MAX_COLUMNS) : [];
  const head = el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, cellText(name))));
  const lines = rows
    .slice(0, MAX_ROWS)
    .map((row) =>
      el(
        "tr",
        {},
        ...row
          .slice(0, MAX_COLUMNS)
          .map((cell) => el("td", { class: typeof cell === "number" ? "numeric" : null }, cellText(cell))),
      ),
    );
  const table = el(
    "table",
    { class: "table" },
    names.length > 0 ? el("thead", {}, head) : null,
    el("tbody", {}, ...lines),
  );
  const count = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}, ${Math.max(names.length, rows[0]?.length ?? 0)} columns`;
  const note = rows.length > MAX_ROWS ? `${count}; the first ${MAX_ROWS} are shown` : count;
  return el(
    "div",
    { class: "stack" },
    el("div", { class: "table-box", tabindex: 0, role: "group", "aria-label": "Table" }, table),
    el("p", { class: "muted" }, note),
  );
}

/** @param {Json} cell */
function cellText(cell) {
  const text = typeof cell === "string" ? cell : cell === null ? "" : JSON.stringify(cell);
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

/** @param {Json} value */
function wordsView(value) {
  if (!Array.isArray(value)) return null;
  /** @type {string[]} */
  const kinds = [];
  const box = el("p", { class: "words" });
  for (const one of value) {
    const text = isObject(one) ? one["token"] : Array.isArray(one) ? one[0] : one;
    const kind = isObject(one)
      ? (one["class_or_confidence"] ?? null)
      : Array.isArray(one)
        ? (one[1] ?? null)
        : null;
    if (kind === null) {
      put(box, String(text));
      continue;
    }
    const name = String(kind);
    if (!kinds.includes(name)) kinds.push(name);
    put(box, el("mark", { "data-hue": kinds.indexOf(name) % HUES }, String(text), el("small", {}, name)));
  }
  return box;
}

/** @param {Json} value */
function plotView(value) {
  if (!isObject(value)) return null;
  const plot = value["plot"];
  if (typeof plot !== "string") return null;
  if (/^data:image\/(png|jpeg|webp|svg\+xml)[;,]/.test(plot)) {
    return el(
      "figure",
      { class: "media" },
      el("img", { src: plot, alt: `Plot (${String(value["type"] ?? "")})` }),
    );
  }
  return codeView(plot, "json");
}

/** @param {Json} value */
function chatView(value) {
  if (!Array.isArray(value)) return null;
  if (value.length === 0) return el("p", { class: "muted" }, "An empty conversation");
  const left = value.length - MAX_MESSAGES;
  const list = el("ol", { class: "chat" });
  for (const one of value.slice(-MAX_MESSAGES)) put(list, ...bubbles(one));
  return left > 0 ? el("div", {}, el("p", { class: "muted" }, `${left} messages before these`), list) : list;
}

/**
 * Return the bubbles of a message; before Gradio 5, what both have said are a pair.
 *
 * @param {Json} one
 * @returns {HTMLElement[]}
 */
function bubbles(one) {
  if (Array.isArray(one)) {
    return one
      .slice(0, 2)
      .flatMap((said, index) => (said === null ? [] : [bubble(index === 0 ? "user" : "assistant", said)]));
  }
  return isObject(one) ? [bubble(String(one["role"] ?? ""), one["content"] ?? null, one["metadata"])] : [];
}

/**
 * @param {string} role
 * @param {Json} content
 * @param {Json} [metadata]
 */
function bubble(role, content, metadata) {
  const title = isObject(metadata) ? metadata["title"] : null;
  const made = el(
    "li",
    { class: `bubble ${role === "user" ? "mine" : ""}` },
    el("span", { class: "role" }, role),
  );
  if (typeof title === "string" && title) put(made, el("strong", {}, title));
  for (const part of Array.isArray(content) ? content : [content]) put(made, partView(part));
  return made;
}

/**
 * @param {Json} part
 * @returns {HTMLElement}
 */
function partView(part) {
  if (typeof part === "string") return folded(part, (text) => el("div", { class: "text" }, text));
  if (isObject(part) && typeof part["text"] === "string") return partView(part["text"]);
  return filesView(part) ?? jsonView(part);
}
