/**
 * What a program that gives a `logger` is told: a line when a call has ended, and its story until then.
 *
 * Neither arguments nor values are logged, nor what the app says to its user: they are the program's own.
 */

import { AppError, type GradlinkError, JobCancelledError } from "../errors.ts";
import { oneLine } from "../escapes.ts";
import type { Update } from "../protocol/job.ts";
import type { Logger } from "../types.ts";
import type { Submission } from "./submission.ts";

const MAX_SHOWN = 300;
// What an app may say of the token that it was sent.
const SECRET = /(hf_|Bearer )[\w.~+/=-]+/g;

/** A program's logger: what is told is safe to show, and what it throws is its own. */
export class Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  tell(level: keyof Logger, text: string): void {
    try {
      this.#logger[level]?.(`gradlink: ${oneLine(text)}`);
    } catch {}
  }
}

/** Tells the log of one call. */
export class CallLog {
  readonly #log: Log;
  readonly #job: Submission;
  readonly #began: number = seconds();
  #accepted: number | undefined;
  #started: number | undefined;
  #values = 0;
  #sent = 0;
  #position = 0;
  #event_id = "";

  constructor(log: Log, job: Submission) {
    this.#log = log;
    this.#job = job;
    log.tell("debug", `${job.endpoint.title}: called`);
  }

  /** Tell what is new of the job. */
  take(): void {
    const { tracker, resent } = this.#job;
    if (resent > this.#sent) {
      this.#sent = resent;
      this.#accepted = this.#started = undefined;
      this.#say("lost; it is sent again");
    }
    if (tracker.event_id !== undefined && this.#accepted === undefined) {
      this.#accepted = seconds();
      this.#event_id = tracker.event_id;
      this.#say(`accepted as event ${this.#event_id}`);
    }
    for (const update of tracker.updates.slice(this.#position)) this.#note(update);
    this.#position = tracker.updates.length;
  }

  #note(update: Update): void {
    if (update.kind === "status" && update.status === "IN_QUEUE") {
      this.#say(`in the queue, ${update.rank} before it, ${update.queue_size} in all`);
    } else if (update.kind === "status" && update.status === "PROCESSING") {
      this.#started = seconds();
      this.#say("running");
    } else if (update.kind === "step" || update.kind === "released") {
      this.#values += 1;
      if (this.#values === 1) this.#say("its first value has come");
    } else if (update.kind === "succeeded") this.#end("succeeded");
    else if (update.kind === "failed") {
      const { error } = update;
      if (error instanceof JobCancelledError) this.#end("cancelled");
      else this.#end(`failed with ${error.name}`, error);
    }
  }

  #say(text: string): void {
    this.#log.tell("debug", `${this.#job.endpoint.title}: ${text}, ${since(this.#began)} after the call`);
  }

  #end(how: string, error?: GradlinkError): void {
    const { title } = this.#job.endpoint;
    const attempts = this.#sent + (error?.attempts ?? 1);
    const facts: string[] = [];
    if (this.#started !== undefined) {
      if (this.#accepted !== undefined) facts.push(`${since(this.#accepted, this.#started)} in the queue`);
      facts.push(`${since(this.#started)} running`);
    }
    if (this.#values) facts.push(`${this.#values} value${this.#values > 1 ? "s" : ""}`);
    if (attempts > 1) facts.push(`${attempts} attempts`);
    if (this.#event_id) facts.push(`event ${this.#event_id}`);
    const shown = facts.length ? ` (${facts.join(", ")})` : "";
    const why = error ? `: ${shownError(error, title)}` : "";
    this.#log.tell("info", `${title}: ${how} after ${since(this.#began)}${shown}${why}`);
  }
}

function seconds(): number {
  return performance.now() / 1000;
}

function since(began: number, ended: number = seconds()): string {
  return `${Math.max(ended - began, 0).toFixed(2)} s`;
}

function shownError(error: GradlinkError, title: string): string {
  const text = error instanceof AppError ? error.said : error.message;
  const own = text.startsWith(`${title}: `) ? text.slice(title.length + 2) : text;
  return own.slice(0, MAX_SHOWN).replace(SECRET, "$1***");
}
