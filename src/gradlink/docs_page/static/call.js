/** @import { CallEvent, Endpoint, Failure } from "./types.js" */
import { announce } from "./dom.js";
import { ResultPanel } from "./panel.js";
import { post, readEvents, unanswered } from "./stream.js";
import { seconds } from "./values.js";

/** @type {Record<string, string>} */
const STAGES = {
  STARTING: "Starting",
  JOINING_QUEUE: "Joining the queue",
  QUEUE_FULL: "The queue is full",
  IN_QUEUE: "In the queue",
  SENDING_DATA: "Sending the data",
  PROCESSING: "Running",
  PROGRESS: "Running",
  LOG: "Running",
  ITERATING: "Streaming",
};
const TICK_MS = 100;

/** Makes the calls of one endpoint, one at a time. */
export class Calls {
  /**
   * @param {Endpoint} endpoint
   * @param {(problems: Record<string, string>) => void} misfits shows what is wrong with the values.
   * @param {(running: boolean) => void} changed
   */
  constructor(endpoint, misfits, changed) {
    this.endpoint = endpoint;
    this.misfits = misfits;
    this.changed = changed;
    this.panel = new ResultPanel(endpoint.returns, () => this.cancel());
    this.name = "";
    this.running = false;
    this.started = 0;
    this.stage = "";
    this.outputs = 0;
  }

  /**
   * Make a call.
   *
   * @param {string} values as JSON
   */
  async send(values) {
    if (this.running) return;
    this.name = crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.outputs = 0;
    this.panel.clear();
    this.panel.wait();
    this.run(true);
    const body = `{"call":${JSON.stringify(this.name)},"endpoint":${this.endpoint.id},"values":${values}}`;
    try {
      const response = await post("call", body);
      if (response.ok) {
        await readEvents(response, (event) => this.take(event));
        if (this.running) this.fail(unanswered("the answer has no end"));
      } else this.refused(await response.json());
    } catch (problem) {
      this.fail(unanswered(problem));
    } finally {
      this.run(false);
    }
  }

  /** Cancel the call that runs. */
  async cancel() {
    if (!this.running) return;
    this.stage = "Cancelling";
    try {
      await post("cancel", JSON.stringify({ call: this.name }));
    } catch (problem) {
      this.fail(unanswered(problem));
    }
  }

  /** @param {{ problems?: Record<string, string>, error?: Failure }} answer */
  refused(answer) {
    this.run(false);
    if (answer.error) {
      this.fail(answer.error);
      return;
    }
    this.panel.say("Not sent");
    this.panel.note("Some values do not fit: see the form.");
    this.misfits(answer.problems ?? {});
  }

  /** @param {boolean} running */
  run(running) {
    if (this.running === running) return;
    this.running = running;
    this.panel.busy(running);
    if (running) {
      this.started = performance.now();
      this.stage = "Sending";
      this.tick();
    }
    this.changed(running);
  }

  tick() {
    if (!this.running) return;
    this.panel.say(`${this.stage} · ${this.elapsed()}`);
    setTimeout(() => this.tick(), TICK_MS);
  }

  elapsed() {
    return seconds((performance.now() - this.started) / 1000);
  }

  /** @param {CallEvent} event */
  take(event) {
    switch (event.type) {
      case "sent":
        break;
      case "status":
        this.moved(event);
        break;
      case "progress":
        this.panel.progress(event.units);
        break;
      case "log":
        if (event.visible) this.panel.log(event);
        break;
      case "output":
        this.outputs = event.index + 1;
        this.panel.show(event.values, event.cut);
        break;
      case "done":
        this.end(event);
        break;
    }
  }

  /** @param {CallEvent & { type: "status" }} event */
  moved(event) {
    const { code, rank, queue_size: size, eta } = event;
    const parts = [STAGES[code] ?? code];
    if (rank !== null) parts[0] = rank === 0 ? "Next in the queue" : `${rank} before this one in the queue`;
    if (rank !== null && size !== null) parts.push(`${size} waiting`);
    if (eta !== null) parts.push(`about ${seconds(eta)}`);
    const before = this.stage;
    this.stage = parts.join(", ");
    if (this.stage !== before && code !== "ITERATING") announce(this.stage);
  }

  /** @param {CallEvent & { type: "done" }} event */
  end(event) {
    const took = this.elapsed();
    this.run(false);
    this.panel.progress([]);
    this.panel.draw();
    this.panel.note("");
    if (event.success) {
      this.panel.say(`Done in ${took}${this.outputs > 1 ? `, ${this.outputs} values` : ""}`);
      announce(`Done in ${took}`);
    } else if (event.cancelled) {
      this.panel.say(`Cancelled after ${took}`);
      this.panel.note("The call was cancelled; the app was asked to stop, too.");
      announce("Cancelled");
    } else if (event.error) {
      this.fail(event.error);
      this.misfits(event.error.problems);
    }
  }

  /** @param {Failure} failure */
  fail(failure) {
    this.run(false);
    this.panel.progress([]);
    this.panel.note("");
    this.panel.say("Failed");
    this.panel.fail(failure);
  }
}
