/** @import { AppDocument, Endpoint, Snippet } from "./types.js" */
import { Calls } from "./call.js";
import { CodePanel } from "./code.js";
import { announce, button, el, ICONS, icon, put } from "./dom.js";
import { shortened } from "./fields.js";
import { exampleButtons, Form } from "./form.js";
import { post } from "./stream.js";
import { folded } from "./values.js";

// A person pauses that long between words, not between letters.
const TYPING_MS = 120;

// The form is not far down the page, whatever an author has written.
const MAX_LEAD = 700;

/** An endpoint: what it is, its form, its code, and what came of its calls. */
export class EndpointView {
  /**
   * @param {Endpoint} endpoint
   * @param {AppDocument} app
   * @param {boolean} live
   */
  constructor(endpoint, app, live) {
    this.endpoint = endpoint;
    this.app = app;
    this.live = live;
    this.timer = 0;
    this.asked = 0;
    this.code = new CodePanel(`code-${endpoint.id}`);
    this.form = new Form(endpoint, {
      live,
      changed: () => this.changed(),
      example: (index) => this.example(index),
    });
    this.calls = new Calls(
      endpoint,
      (problems) => this.form.show(problems, true),
      (running) => this.ran(running),
    );
    this.sender = el("button", { type: "button", class: "primary", click: () => this.send() });
    this.sender.append(icon(ICONS["play"] ?? ""), "Send");
    this.heading = el(
      "h1",
      { tabindex: -1, class: endpoint.title.length > 60 ? "long" : "" },
      endpoint.title,
    );
    this.element = el(
      "article",
      { class: "endpoint", "aria-label": endpoint.title },
      this.head(),
      this.columns(),
    );
    if (live) this.ask();
    else this.code.show(endpoint.snippets ?? []);
  }

  head() {
    const { description, returns } = this.endpoint;
    const made = el(
      "header",
      { class: "endpoint-head" },
      el("div", { class: "title-row" }, this.heading, badges(this.endpoint)),
    );
    if (description) {
      put(
        made,
        folded(description, (text) => el("div", { class: "text lead" }, text), MAX_LEAD),
      );
    }
    const values = returns.map((one) =>
      el(
        "li",
        {},
        el("span", { class: "return-label" }, one.label),
        el("code", { class: "type" }, shortened(one.type)),
        one.component && one.component !== "Api" ? el("span", { class: "muted" }, one.component) : null,
      ),
    );
    this.returns = el(
      "section",
      { class: "returns" },
      el("h2", { class: "section" }, "Returns"),
      values.length > 0 ? el("ul", {}, ...values) : el("p", { class: "muted" }, "Nothing."),
    );
    return made;
  }

  columns() {
    const left = el(
      "div",
      { class: "column" },
      exampleButtons(this.endpoint, (index) => this.example(index)),
    );
    put(
      left,
      el(
        "section",
        { "aria-label": "Parameters" },
        el("h2", { class: "section" }, "Parameters"),
        this.form.element,
      ),
    );
    if (this.live) put(left, this.actions());
    put(left, this.returns ?? null);
    const right = el(
      "div",
      { class: "column right" },
      this.code.element,
      this.live ? this.calls.panel.element : null,
    );
    return el("div", { class: "columns" }, left, right);
  }

  actions() {
    const reset = button("Reset", () => this.form.reset());
    const bar = el("div", { class: "actions" }, this.sender, reset);
    if (this.endpoint.state)
      put(
        bar,
        button("New session", () => this.renew()),
      );
    const mac = /Mac|iPhone|iPad/.test(navigator.platform);
    // Where there is no room for it, it would be a line of its own.
    const hint = el(
      "span",
      { class: "muted hint" },
      el("kbd", {}, mac ? "⌘" : "Ctrl"),
      " ",
      el("kbd", {}, "Enter"),
    );
    if (!this.endpoint.state) put(bar, hint);
    return bar;
  }

  async renew() {
    await post("session", "{}");
    announce("The next call has a new session, with a fresh State.");
  }

  /** @param {number} index */
  example(index) {
    const example = this.endpoint.examples[index];
    if (!example) return;
    if (this.live) this.form.set(example.values);
    else this.code.show(example.snippets ?? this.endpoint.snippets ?? []);
    announce(`Example: ${example.label}`);
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), TYPING_MS);
  }

  /** Have the call of the form written down as code, and its values looked at. */
  async ask() {
    const { json, problems } = this.form.read();
    this.asked += 1;
    const number = this.asked;
    try {
      const response = await post("snippets", `{"endpoint":${this.endpoint.id},"values":${json}}`);
      /** @type {{ snippets: Snippet[], problems: Record<string, string> }} */
      const answer = await response.json();
      // An answer that has been overtaken says nothing any more.
      if (number !== this.asked || !response.ok) return;
      this.code.show(answer.snippets);
      this.form.show({ ...answer.problems, ...problems }, false);
    } catch {
      // The server has gone: whoever sends the form is told so.
    }
  }

  send() {
    const { json, problems } = this.form.read();
    if (this.form.show(problems, true)) return;
    this.calls.send(json);
    if (matchMedia("(max-width: 1099px)").matches)
      this.calls.panel.element.scrollIntoView({ block: "start" });
  }

  /** @param {boolean} running */
  ran(running) {
    this.sender.disabled = running;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.live) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") this.calls.cancel();
  }
}

/** @param {Endpoint} endpoint */
function badges(endpoint) {
  /** @type {[boolean, string, string][]} */
  const all = [
    [endpoint.streams, "streams", "It brings several values, one after the other"],
    [endpoint.queued, "queue", "Calls wait in the app's queue"],
    [endpoint.state, "State", "It remembers what happened before in this session"],
    [endpoint.batch, "batch", "The app may run several calls at once"],
    [endpoint.live, "live", "It takes further input while it runs"],
    [endpoint.login === "required", "login", "It needs the token of a user of Hugging Face"],
  ];
  return el(
    "div",
    { class: "badges" },
    ...all.filter(([has]) => has).map(([, name, why]) => el("span", { class: "badge", title: why }, name)),
  );
}
