/** @import { Endpoint } from "./types.js" */
import { announce, el, encoded, fill, ICONS, icon, put } from "./dom.js";

/** The list of endpoints, and what searches in it. */
export class Sidebar {
  /** @param {Endpoint[]} endpoints */
  constructor(endpoints) {
    this.endpoints = endpoints;
    this.current = "";
    this.texts = endpoints.map(searched);
    this.input = el("input", {
      type: "search",
      class: "search",
      placeholder: "Search endpoints",
      "aria-label": "Search endpoints",
      autocomplete: "off",
      spellcheck: "false",
      input: () => this.draw(true),
    });
    this.list = el("div", { class: "list" });
    const key = el("kbd", { "aria-hidden": "true" }, "/");
    const box = el("div", { class: "search-box" }, icon(ICONS["search"] ?? ""), this.input, key);
    this.element = el(
      "nav",
      { class: "sidebar", id: "endpoints", "aria-label": "Endpoints", keydown: this.move.bind(this) },
      box,
      this.list,
    );
    this.draw(false);
  }

  /** @param {string} slug */
  mark(slug) {
    this.current = slug;
    for (const link of this.links()) {
      if (link.dataset["slug"] === slug) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest" });
      } else link.removeAttribute("aria-current");
    }
  }

  /** @returns {HTMLElement[]} */
  links() {
    return [...this.list.querySelectorAll("a")];
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /** @param {boolean} tell */
  draw(tell) {
    const found = this.found(this.input.value);
    if (found.length === 0) {
      const none =
        this.endpoints.length === 0
          ? "The app lists no endpoints."
          : `No endpoint matches "${this.input.value}".`;
      fill(this.list, el("p", { class: "muted empty" }, none));
    } else fill(this.list, ...grouped(found, this.input.value !== ""));
    if (tell) announce(`${found.length} ${found.length === 1 ? "endpoint" : "endpoints"}`);
    this.mark(this.current);
  }

  /**
   * Return the endpoints that have all words; those first that have them in their names.
   *
   * @param {string} query
   * @returns {Endpoint[]}
   */
  found(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return this.endpoints;
    /** @type {[number, Endpoint][]} */
    const ranked = [];
    for (const [index, endpoint] of this.endpoints.entries()) {
      const [name, all] = this.texts[index] ?? ["", ""];
      if (!words.every((word) => all.includes(word))) continue;
      ranked.push([words.reduce((sum, word) => sum + rank(name, word), 0), endpoint]);
    }
    return ranked.sort(([one], [other]) => one - other).map(([, endpoint]) => endpoint);
  }

  /** @param {Event} event */
  move(event) {
    if (!(event instanceof KeyboardEvent)) return;
    const links = this.links();
    const active = document.activeElement;
    const place = active instanceof HTMLElement ? links.indexOf(active) : -1;
    if (event.key === "ArrowDown") links[Math.min(place + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && place > 0) links[place - 1]?.focus();
    else if (event.key === "ArrowUp" && place === 0) this.focus();
    else if (event.key === "Enter" && document.activeElement === this.input) links[0]?.click();
    else if (event.key === "Escape" && this.input.value !== "") {
      this.input.value = "";
      this.draw(true);
      this.focus();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }
}

/**
 * @param {Endpoint} endpoint
 * @returns {[string, string]} its name, and all that is searched in.
 */
function searched(endpoint) {
  const name = endpoint.title.toLowerCase();
  const parameters = endpoint.parameters.map((one) => `${one.name} ${one.label} ${one.component}`);
  const returns = endpoint.returns.map((one) => `${one.label} ${one.component}`);
  return [name, [name, endpoint.description, ...parameters, ...returns].join(" ").toLowerCase()];
}

/**
 * @param {string} name
 * @param {string} word
 */
function rank(name, word) {
  const place = name.indexOf(word);
  return place === -1 ? 100 : place === 0 || place === 1 ? 0 : 10;
}

/**
 * @param {Endpoint[]} endpoints
 * @param {boolean} searching
 * @returns {HTMLElement[]}
 */
function grouped(endpoints, searching) {
  /** @type {Map<string, Endpoint[]>} */
  const groups = new Map();
  for (const endpoint of endpoints) {
    const name = searching ? "" : endpoint.group;
    groups.set(name, [...(groups.get(name) ?? []), endpoint]);
  }
  return [...groups].flatMap(([name, members]) => {
    const list = el("ul", {}, ...members.map(entry));
    if (groups.size === 1 || name === "") return [list];
    const head = el("h2", { class: "group" }, name, el("span", { class: "muted" }, String(members.length)));
    return [head, list];
  });
}

/** @param {Endpoint} endpoint */
function entry(endpoint) {
  const link = el("a", { href: `#/${encoded(endpoint.slug)}`, "data-slug": endpoint.slug });
  put(link, el("span", { class: "entry-name", title: endpoint.title }, endpoint.title));
  if (endpoint.streams) put(link, el("span", { class: "tag" }, "streams"));
  return el("li", {}, link);
}
