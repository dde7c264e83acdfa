// Everything on the page is made here: from names of elements and from texts, never from markup. What an app says can
// be shown, and nothing else.

/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute */
/** @typedef {Node | string | null} Child */

// Characters that move, hide or reorder others: see gradlink._text.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/**
 * Make an element. An attribute that is a function listens to the event of that name.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  put(made, ...children);
  return made;
}

/**
 * Put children at the end of a node; texts are made safe to read.
 *
 * @param {Node} node
 * @param {...Child} children
 */
export function put(node, ...children) {
  for (const child of children) {
    if (child === null) continue;
    node.appendChild(typeof child === "string" ? document.createTextNode(shown(child)) : child);
  }
}

/**
 * Put children in the place of those that are there.
 *
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  node.replaceChildren();
  put(node, ...children);
}

/**
 * Return a text with its invisible and reordering characters written out.
 *
 * @param {string} text
 * @returns {string}
 */
export function shown(text) {
  return text.replace(/\r\n/g, "\n").replace(UNSAFE, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * Return a text for an address, where half a character cannot stand.
 *
 * @param {string} text
 * @returns {string}
 */
export function encoded(text) {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"));
}

/**
 * Draw one of the icons: paths in a square of 20.
 *
 * @param {string} path
 * @returns {SVGSVGElement}
 */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const drawn = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

/** @type {Record<string, string>} */
export const ICONS = {
  copy: "M7 7V4h9v9h-3M4 7h9v9H4z",
  done: "M4 10.5l4 4 8-9",
  close: "M5 5l10 10M15 5L5 15",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4",
  sun: "M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1",
  menu: "M3 5h14M3 10h14M3 15h14",
  file: "M5 2h7l4 4v12H5zM12 2v4h4",
  play: "M6 4l10 6-10 6z",
  plus: "M10 4v12M4 10h12",
  save: "M10 3v10M6 9l4 4 4-4M4 17h12",
};

/**
 * Make a button with a text, or with an icon and a text for those who do not see it.
 *
 * @param {string} name
 * @param {(event: Event) => void} act
 * @param {{ icon?: string, class?: string, bare?: boolean }} [look]
 * @returns {HTMLButtonElement}
 */
export function button(name, act, look = {}) {
  const made = el("button", { type: "button", class: look.class ?? "plain", click: act });
  if (look.icon) made.append(icon(ICONS[look.icon] ?? ""));
  if (look.bare) {
    made.setAttribute("aria-label", name);
    made.title = name;
  } else put(made, name);
  return made;
}

/**
 * Read from the page's own storage, which a browser may refuse.
 *
 * @param {string} key
 * @returns {string | null}
 */
export function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * Keep something for the next time, if the browser lets us.
 *
 * @param {string} key
 * @param {string} value
 */
export function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is the default again the next time.
  }
}

/**
 * Tell those who do not see the page what has happened.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = shown(text);
}
