/** What the endpoints of a scripted app may be made of. */

import { ArgumentError } from "../errors.ts";
import { type JsonObject, type JsonValue, tagOf } from "../protocol/jsonvalue.ts";

/** What can stand for an endpoint beside values, functions and errors; a function may return a `stream()`, too. */
export abstract class Script {
  declare protected readonly script: true;
}

/** Values that come one after the other. */
export class Stream extends Script {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    super();
    this.items = items;
  }
}

/** A call that waits in the app's queue first. */
export class Queued extends Script {
  readonly at: number;
  readonly eta: number | undefined;
  readonly until: Hold | undefined;
  readonly then_: unknown;

  constructor({ at, eta, until, then }: QueuedOptions) {
    super();
    this.at = at;
    this.eta = eta;
    this.until = until;
    this.then_ = then;
  }
}

/** Any function: what it takes and gives is found out, or said. */
// biome-ignore lint/suspicious/noExplicitAny: a function that says nothing of its parameters gets what it likes
export type EndpointFunction = (...given: any[]) => unknown;

/** What an endpoint may be: a function, what `stream()` and its kin return, an error, or any value. */
export type EndpointScript =
  | EndpointFunction
  | Script
  | Outputs
  | object
  | string
  | number
  | boolean
  | null
  | undefined;

/** A function, with what its source does not say. */
export class Described extends Script {
  readonly run: EndpointFunction;
  readonly options: EndpointOptions;

  constructor(run: EndpointFunction, options: EndpointOptions) {
    super();
    this.run = run;
    this.options = options;
  }
}

/** The values of several outputs. */
export class Outputs {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/** What is told of a job beside its values. */
export class Happening {
  /** What made it: "progressed" or "logged". */
  readonly maker: string;
  /** The message of the wire, without its event id. */
  readonly message: JsonObject;

  constructor(maker: string, message: JsonObject) {
    this.maker = maker;
    this.message = message;
  }
}

/** A place where jobs wait until the test lets them go on, or they are cancelled; made by `hold()`. */
export class Hold {
  /** Resolves when a job has come to it. */
  readonly reached: Promise<void>;
  readonly #released: Promise<void>;
  #reach: () => void = () => {};
  #release: () => void = () => {};

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Let all jobs go on, those that wait and those that come later. */
  release(): void {
    this.#release();
  }

  /** Wait until it is released. */
  wait(): Promise<void> {
    this.#reach();
    return this.#released;
  }
}

/** How a call waits in the queue. */
export interface QueuedOptions {
  /** The jobs before it; it moves forward one by one, to 0. */
  at: number;
  /** Seconds until its result, as the app estimates them at that place; those before it take the same each. */
  eta?: number | undefined;
  /** It stays at this place until that is released. */
  until?: Hold | undefined;
  /** What it does afterwards: all that can stand for an endpoint. */
  then?: EndpointScript;
}

/** What the source of a function does not say. */
export interface EndpointOptions {
  /** The names of what it takes, in order; it is called with them in that order, unless it takes its first parameter apart. */
  parameters?: readonly string[] | undefined;
  /** What parameters that may be left out are then, by name: JSON. */
  defaults?: Readonly<Record<string, unknown>> | undefined;
  /** How many outputs it has, 1 unless given; with another number it gives `outputs()` or an array of so many values. */
  outputs?: number | undefined;
  /** What the app says of it. */
  description?: string | undefined;
}

/** How a message of the app is shown. */
export interface LoggedOptions {
  /** Its heading; its level unless given. */
  title?: string | undefined;
  /** Seconds that a page shows it, 10 unless given; null means until it is closed. */
  duration?: number | null | undefined;
  /** Whether a page shows it at all; true unless given. */
  visible?: boolean | undefined;
}

const LEVELS = ["info", "warning", "success"] as const;

/**
 * Give these values one after the other, as a generator does; the last one is the result.
 *
 * Among them may stand what `progressed()`, `logged()` and `hold()` return, and, at the end, an error.
 */
export function stream(...items: unknown[]): Script {
  return new Stream(items);
}

/**
 * Have a call wait in the queue before it runs.
 *
 * @throws ArgumentError if `at` is no place in a queue.
 */
export function queued(options: QueuedOptions): Script {
  const { at } = options;
  if (!Number.isInteger(at) || at < 0)
    throw new ArgumentError(`queued({ at }) is the number of jobs before the call, 0 or more, not ${at}`);
  return new Queued(options);
}

/** Give the values of several outputs: in the place of one value, in a `stream()`, or from a function that declares them. */
export function outputs(...values: unknown[]): Outputs {
  return new Outputs(values);
}

/**
 * Describe a function where its source does not: with several outputs, or behind a wrapper that hides its parameters.
 *
 * @throws ArgumentError for a number of outputs that is none, or a default of no parameter.
 */
export function endpoint(run: EndpointFunction, options: EndpointOptions = {}): Script {
  const { outputs: count = 1 } = options;
  if (typeof run !== "function") throw new ArgumentError(`endpoint() takes a function, not ${shown(run)}`);
  if (!Number.isInteger(count) || count < 0)
    throw new ArgumentError(`endpoint(): outputs is how many there are, 0 or more, not ${shown(count)}`);
  return new Described(run, options);
}

/**
 * Show progress, as `gr.Progress()` does; for `stream()`, or to be yielded by a generator.
 *
 * @param progress a part from 0 to 1, or how many of how many.
 */
export function progressed(
  progress: number | readonly [index: number, length: number | null],
  desc: string | null = null,
  unit = "steps",
): Happening {
  const [index, length] = typeof progress === "number" ? [null, null] : progress;
  const part = typeof progress === "number" ? progress : null;
  const bar: JsonObject = { index, length, unit, progress: part, desc };
  return new Happening("progressed", { msg: "progress", progress_data: [bar] });
}

/**
 * Show a message, as `gr.Info`, `gr.Warning` and `gr.Success` do; for `stream()`, or to be yielded by a generator.
 *
 * @throws ArgumentError for another level.
 */
export function logged(
  message: string,
  level: "info" | "warning" | "success" = "info",
  options: LoggedOptions = {},
): Happening {
  if (!LEVELS.includes(level))
    throw new ArgumentError(`logged(): level is one of ${LEVELS.join(", ")}, not ${shown(level)}`);
  const title = options.title || `${level.slice(0, 1).toUpperCase()}${level.slice(1)}`;
  const { duration = 10, visible = true } = options;
  return new Happening("logged", { msg: "log", log: message, level, duration, visible, title });
}

/** Return a place where a job waits until `release()`; for `stream()`, or to be yielded by a generator. */
export function hold(): Hold {
  return new Hold();
}

/** Tell whether `value` is an error, of whichever realm. */
export function isError(value: unknown): boolean {
  return typeof value === "object" && value !== null && /^(Error|DOMException)$/.test(tagOf(value));
}

/** Return a value as messages show it. */
export function shown(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name || "without a name"}`;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  try {
    const text = JSON.stringify(value) ?? tagOf(value);
    return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
  } catch {
    return `a ${tagOf(value)}`;
  }
}

/** A parameter of a function. */
export interface Parameter {
  readonly name: string;
  /** It may be left out. */
  readonly hasDefault: boolean;
  /** What it is then; undefined if only the function itself knows. */
  readonly default: JsonValue | undefined;
}
