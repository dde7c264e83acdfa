/** @import { PageDocument } from "./types.js" */
import { button, el, fill, put } from "./dom.js";
import { EndpointView } from "./endpoint.js";
import { Sidebar } from "./search.js";
import { themeButton, useStoredTheme } from "./theme.js";

/** The whole page. */
class Page {
  /** @param {PageDocument} given */
  constructor(given) {
    this.document = given;
    /** Those that were opened, with what their forms hold and what they show.
     * @type {Map<string, EndpointView>} */
    this.views = new Map();
    /** @type {EndpointView | null} */
    this.view = null;
    this.sidebar = new Sidebar(given.endpoints);
    this.main = el("main", { id: "main", tabindex: -1 });
    this.menu = button("Endpoints", () => this.open(!this.opened), { icon: "menu", class: "plain menu" });
    this.menu.setAttribute("aria-controls", "endpoints");
    this.opened = false;
  }

  start() {
    const skip = el(
      "a",
      { class: "skip", href: "#main", click: (event) => this.skip(event) },
      "Skip to the endpoint",
    );
    const announcer = el("div", {
      id: "announcer",
      class: "out-of-sight",
      role: "status",
      "aria-live": "polite",
    });
    const root = document.getElementById("page");
    if (root)
      fill(
        root,
        skip,
        this.bar(),
        el("div", { class: "layout" }, this.sidebar.element, this.main),
        announcer,
      );
    addEventListener("hashchange", () => this.show(true));
    document.addEventListener("keydown", (event) => this.key(event));
    this.open(false);
    this.show(false);
  }

  bar() {
    const { app, endpoints } = this.document;
    const address = /^https?:\/\//.test(app.url)
      ? el("a", { href: app.url, rel: "noreferrer noopener", target: "_blank" }, app.source)
      : el("span", {}, app.source);
    const about = el(
      "span",
      { class: "muted about" },
      address,
      ` · Gradio ${app.version} · ${endpoints.length} ${endpoints.length === 1 ? "endpoint" : "endpoints"}`,
    );
    return el(
      "header",
      { class: "bar-top" },
      this.menu,
      el("div", { class: "app" }, el("strong", { class: "app-title" }, app.title), about),
      themeButton(),
    );
  }

  /** @param {Event} event */
  skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  /** @param {boolean} open */
  open(open) {
    this.opened = open;
    this.sidebar.element.classList.toggle("open", open);
    this.menu.setAttribute("aria-expanded", String(open));
  }

  /**
   * Show the endpoint that the address names.
   *
   * @param {boolean} moved its user has just gone there.
   */
  show(moved) {
    const endpoint = this.named();
    if (!endpoint) {
      fill(this.main, this.nothing());
      return;
    }
    let view = this.views.get(endpoint.slug);
    if (!view) {
      view = new EndpointView(endpoint, this.document.app, this.document.live);
      this.views.set(endpoint.slug, view);
    }
    this.view = view;
    fill(this.main, view.element);
    this.sidebar.mark(endpoint.slug);
    document.title = `${endpoint.title} · ${this.document.app.title}`;
    this.open(false);
    if (moved) {
      scrollTo(0, 0);
      view.heading.focus({ preventScroll: true });
    }
  }

  named() {
    const slug = decoded(location.hash.replace(/^#\/?/, ""));
    return this.document.endpoints.find((one) => one.slug === slug) ?? this.document.endpoints[0];
  }

  nothing() {
    const box = el("div", { class: "nothing" }, el("h1", {}, "Nothing to call"));
    put(
      box,
      el(
        "p",
        { class: "muted" },
        "The app lists no endpoints. Start the page with --all to see those that it does not list, too.",
      ),
    );
    return box;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.open(true);
      this.sidebar.focus();
    } else if (event.key === "Escape" && this.opened) this.open(false);
    else this.view?.key(event);
  }
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

useStoredTheme();
const given = document.getElementById("document")?.textContent;
if (given) new Page(JSON.parse(given)).start();
