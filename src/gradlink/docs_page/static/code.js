/** @import { Snippet } from "./types.js" */
import { announce, el, fill, ICONS, icon, store, stored } from "./dom.js";
import { codeBlock } from "./highlight.js";

const LANGUAGE = "gradlink-language";

/** @type {Record<string, string>} */
const COLOURS = {
  python: "python",
  "python-async": "python",
  "python-typed": "python",
  typescript: "typescript",
  curl: "shell",
  shell: "shell",
};

// All tabs are to be seen at once.
/** @type {Record<string, string>} */
const SHORT = { "python-async": "async", "python-typed": "typed" };

/** The code of a call, a tab for each language. */
export class CodePanel {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {Snippet[]} */
    this.snippets = [];
    this.chosen = stored(LANGUAGE) ?? "python";
    this.tabs = el("div", {
      class: "tabs",
      role: "tablist",
      "aria-label": "Language",
      keydown: this.move.bind(this),
    });
    this.body = el("div", { class: "code-body", role: "tabpanel", id: `${id}-panel` });
    this.copier = el("button", { type: "button", class: "plain round small", click: () => this.copy() });
    const bar = el("div", { class: "panel-bar" }, this.tabs, this.copier);
    this.element = el("section", { class: "panel code-panel", "aria-label": "Code" }, bar, this.body);
    this.label("copy", "Copy");
    this.draw();
  }

  /**
   * @param {string} image
   * @param {string} text
   */
  label(image, text) {
    fill(this.copier, icon(ICONS[image] ?? ""), el("span", { class: "out-of-sight" }, text));
  }

  /**
   * Show other programs.
   *
   * @param {Snippet[]} snippets
   */
  show(snippets) {
    const before = this.snippets.map((one) => one.language).join();
    this.snippets = snippets;
    if (before === snippets.map((one) => one.language).join()) this.drawBody();
    else this.draw();
  }

  /** @returns {Snippet | undefined} */
  current() {
    return this.snippets.find((one) => one.language === this.chosen) ?? this.snippets[0];
  }

  draw() {
    const current = this.current();
    const tabs = this.snippets.map((one) => {
      const selected = one === current;
      return el(
        "button",
        {
          type: "button",
          role: "tab",
          id: `${this.id}-${one.language}`,
          "aria-label": one.title,
          "aria-selected": String(selected),
          "aria-controls": `${this.id}-panel`,
          tabindex: selected ? 0 : -1,
          click: () => this.choose(one.language),
        },
        SHORT[one.language] ?? one.title,
      );
    });
    fill(this.tabs, ...tabs);
    this.drawBody();
  }

  drawBody() {
    const current = this.current();
    this.copier.disabled = !current?.code;
    if (!current) {
      fill(this.body, el("p", { class: "muted pad" }, "There is no code for this."));
      return;
    }
    this.body.setAttribute("aria-labelledby", `${this.id}-${current.language}`);
    if (current.impossible) {
      fill(
        this.body,
        el("p", { class: "muted pad" }, `Not possible in ${current.title}: ${current.impossible}`),
      );
      return;
    }
    fill(this.body, codeBlock(current.code.trimEnd(), COLOURS[current.language] ?? "", "Program"));
  }

  /** @param {string} language */
  choose(language) {
    this.chosen = language;
    store(LANGUAGE, language);
    this.draw();
    document.getElementById(`${this.id}-${language}`)?.focus();
  }

  /** @param {Event} event */
  move(event) {
    if (!(event instanceof KeyboardEvent)) return;
    const current = this.current();
    const place = current ? this.snippets.indexOf(current) : -1;
    const last = this.snippets.length - 1;
    /** @type {Record<string, number>} */
    const places = {
      ArrowRight: place === last ? 0 : place + 1,
      ArrowLeft: place === 0 ? last : place - 1,
      Home: 0,
      End: last,
    };
    const next = this.snippets[places[event.key] ?? -1];
    if (!next) return;
    event.preventDefault();
    this.choose(next.language);
  }

  async copy() {
    const code = this.current()?.code ?? "";
    const done = await copied(code);
    this.label(done ? "done" : "close", done ? "Copied" : "Not copied");
    announce(done ? "Copied" : "The browser did not let the code be copied");
    setTimeout(() => this.label("copy", "Copy"), 1500);
  }
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

/**
 * Copy as browsers did before they had a clipboard, which they have only on https and on this machine.
 *
 * @param {string} text
 * @returns {boolean}
 */
function copiedByHand(text) {
  const place = el("textarea", { class: "out-of-sight", "aria-hidden": "true" });
  place.value = text;
  document.body.append(place);
  place.select();
  const done = document.execCommand("copy");
  place.remove();
  return done;
}
