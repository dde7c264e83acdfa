import { el, put } from "./dom.js";

// Four kinds of words in each language, in the order of the groups: comments, strings, keywords, numbers.
const NUMBER = "\\b(\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)\\b";
const TEXT = "\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'";

/** @type {Record<string, RegExp>} */
const LANGUAGES = {
  python: words(
    "#.*",
    `[rbfRBF]{0,2}(?:"""[\\s\\S]*?"""|'''[\\s\\S]*?'''|${TEXT})`,
    "and as assert async await class def del elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield",
  ),
  typescript: words(
    "//.*|/\\*[\\s\\S]*?\\*/",
    `${TEXT}|\`(?:\\\\.|[^\`\\\\])*\``,
    "as async await break case catch const continue default else export false finally for from function if import in instanceof let new null of return throw true try type undefined while",
  ),
  shell: words(
    "(?<=^|\\s)#.*",
    `\\$?'[^']*'|"(?:\\\\.|[^"\\\\])*"`,
    "curl do done export gradlink read while",
  ),
  json: words("(?!)", TEXT, "true false null"),
};

/**
 * @param {string} comments
 * @param {string} texts
 * @param {string} keywords
 * @returns {RegExp}
 */
function words(comments, texts, keywords) {
  return new RegExp(`(${comments})|(${texts})|\\b(${keywords.replace(/ /g, "|")})\\b|${NUMBER}`, "gm");
}

const KINDS = ["comment", "string", "keyword", "number"];
// What is longer is shown without colours.
const MAX_COLOURED = 100_000;

/**
 * Show a program, or JSON.
 *
 * @param {string} text
 * @param {string} language
 * @param {string} name
 * @returns {HTMLPreElement}
 */
export function codeBlock(text, language, name) {
  const code = el("code");
  code.append(coloured(text, language));
  return el(
    "pre",
    { class: "code", tabindex: 0, role: "group", "aria-label": name, copy: copySelected },
    code,
  );
}

/**
 * Copy what is selected as the text that it is: a browser would put an empty line between any two.
 *
 * @param {Event} event
 */
function copySelected(event) {
  const selected = getSelection();
  if (!(event instanceof ClipboardEvent) || !selected || selected.rangeCount === 0) return;
  event.clipboardData?.setData("text/plain", selected.getRangeAt(0).cloneContents().textContent ?? "");
  event.preventDefault();
}

/**
 * Return a program as elements that a style can colour: one for each line, which is indented where it has to be wrapped.
 *
 * @param {string} text
 * @param {string} language
 * @returns {DocumentFragment}
 */
function coloured(text, language) {
  const made = document.createDocumentFragment();
  if (text.length > MAX_COLOURED) {
    put(made, text);
    return made;
  }
  let line = el("span", { class: "line" });
  made.append(line);
  for (const [part, kind] of tokens(text, LANGUAGES[language])) {
    for (const [index, piece] of part.split("\n").entries()) {
      if (index > 0) {
        // It stays a part of the text, for those who copy it by hand.
        put(line, "\n");
        line = el("span", { class: "line" });
        made.append(line);
      }
      if (piece) put(line, kind ? el("span", { class: `code-${kind}` }, piece) : piece);
    }
  }
  for (const one of made.children) indent(one);
  return made;
}

/**
 * @param {string} text
 * @param {RegExp | undefined} pattern
 * @returns {[string, string][]} its parts, with the kind of each, "" for none.
 */
function tokens(text, pattern) {
  if (!pattern) return [[text, ""]];
  /** @type {[string, string][]} */
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > end) parts.push([text.slice(end, found.index), ""]);
    parts.push([found[0], KINDS[found.slice(1).findIndex((part) => part !== undefined)] ?? ""]);
    end = found.index + found[0].length;
  }
  parts.push([text.slice(end), ""]);
  return parts;
}

/** @param {Element} line */
function indent(line) {
  const text = line.textContent ?? "";
  const spaces = text.length - text.trimStart().length;
  if (line instanceof HTMLElement) line.style.setProperty("--indent", `${Math.min(spaces, 40) + 4}ch`);
}
