/** @import { CallEvent, Failure, Json, ProgressUnit, Returned } from "./types.js" */
import { announce, button, el, fill, put } from "./dom.js";
import { resultView } from "./results.js";
import { jsonView, same } from "./values.js";

const LEVELS = ["info", "warning", "success", "error"];
const MAX_LOGS = 200;

/** What is to be seen of a call: where it stands, what the app says, and what comes back. */
export class ResultPanel {
  /**
   * @param {Returned[]} returns
   * @param {() => void} cancel
   */
  constructor(returns, cancel) {
    this.returns = returns;
    /** @type {Json[] | null} */
    this.values = null;
    /** @type {Json[] | null} */
    this.drawn = null;
    this.cut = false;
    this.frame = 0;
    this.raw = false;
    this.state = el("span", { class: "state" });
    this.form = button("JSON", () => this.turn(), { class: "plain small" });
    this.form.setAttribute("aria-pressed", "false");
    this.canceller = button("Cancel", cancel, { icon: "close", class: "plain small" });
    this.bars = el("div", { class: "progress" });
    this.logs = el("ul", { class: "logs" });
    this.error = el("div");
    this.body = el("div", { class: "result" });
    const head = el("h3", { class: "panel-title" }, "Result");
    const bar = el("div", { class: "panel-bar" }, head, this.state, this.form, this.canceller);
    const parts = [bar, this.bars, this.logs, this.error, this.body];
    this.element = el("section", { class: "panel result-panel", "aria-label": "Result" }, ...parts);
    this.busy(false);
    this.clear();
    this.note(
      returns.length > 0 ? "Send the form to see what comes back." : "This endpoint returns nothing.",
    );
  }

  clear() {
    this.values = this.drawn = null;
    this.cut = false;
    this.form.hidden = true;
    for (const part of [this.bars, this.logs, this.error, this.body]) fill(part);
  }

  /** @param {boolean} busy a call runs. */
  busy(busy) {
    this.element.setAttribute("aria-busy", String(busy));
    this.canceller.hidden = !busy;
  }

  /** Show that something is to come. */
  wait() {
    fill(this.body, el("div", { class: "skeleton", "aria-hidden": "true" }));
  }

  /** @param {string} text where the call stands. */
  say(text) {
    this.state.textContent = text;
  }

  /** @param {string} text what stands in the place of a value. */
  note(text) {
    if (this.values === null) fill(this.body, text ? el("p", { class: "muted empty" }, text) : null);
  }

  /** @param {ProgressUnit[]} units */
  progress(units) {
    fill(this.bars, ...units.map(progressBar));
  }

  /** @param {CallEvent & { type: "log" }} event */
  log(event) {
    const title = event.title && event.title.toLowerCase() !== event.level ? event.title : "";
    const level = LEVELS.includes(event.level) ? event.level : "info";
    const line = el("li", { class: `log level-${level}` }, el("span", { class: "log-level" }, level));
    put(line, title ? el("strong", {}, title) : null, el("span", {}, event.message));
    put(this.logs, line);
    while (this.logs.childElementCount > MAX_LOGS) this.logs.firstElementChild?.remove();
    announce(`${title || level}: ${event.message}`);
  }

  /**
   * Show values, before the browser draws the next time: a fast stream has more of them than anybody sees.
   *
   * @param {Json[]} values
   * @param {boolean} cut not all of them is there.
   */
  show(values, cut) {
    this.values = values;
    this.cut = cut;
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    const values = this.values;
    // What is the same stays: a video that plays, a text that somebody marks.
    if (values === null || (this.drawn !== null && same(values, this.drawn))) return;
    this.drawn = values;
    this.form.hidden = false;
    const plain = values.length === 1 ? (values[0] ?? null) : values;
    const note = this.cut
      ? el("p", { class: "muted pad" }, "Not all of it is shown: it is very large.")
      : null;
    fill(this.body, this.raw ? jsonView(plain) : resultView(values, this.returns), note);
  }

  turn() {
    this.raw = !this.raw;
    this.form.setAttribute("aria-pressed", String(this.raw));
    this.drawn = null;
    this.draw();
  }

  /** @param {Failure} failure */
  fail(failure) {
    const title = failure.title || (failure.app ? "The app raised an error" : failure.kind);
    const box = el("div", { class: "error", role: "alert" }, el("strong", {}, title));
    put(box, el("p", { class: "text" }, failure.text));
    if (failure.execution === "not started")
      put(box, el("p", { class: "muted" }, "The app's function did not run."));
    fill(this.error, box);
  }
}

/** @param {ProgressUnit} unit */
function progressBar(unit) {
  const { index, length } = unit;
  const share = unit.progress ?? (index !== null && length ? index / length : null);
  const counted = index !== null ? `${index}${length === null ? "" : ` / ${length}`} ${unit.unit}` : "";
  const count = counted || (share === null ? "" : `${Math.round(share * 100)} %`);
  const name = unit.desc || "Progress";
  const bar = el("progress", { max: 1, "aria-label": name });
  if (share !== null) bar.value = Math.min(Math.max(share, 0), 1);
  return el("div", { class: "bar" }, el("span", {}, name), el("span", { class: "muted" }, count.trim()), bar);
}
