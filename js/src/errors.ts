/**
 * Every error that gradlink throws on purpose, in one tree; those of the Hub stand in hub/errors.ts.
 *
 * The class says who must act: the caller (`ArgumentError`, `EndpointError`), the app (`AppError`, `ValidationError`),
 * the network (`TransportError`) or gradlink itself (`ProtocolError`). The text says what failed, with which value, and
 * what would work; the fields say the same to programs.
 */

import { lines, oneLine } from "./escapes.ts";

/** Whether the app's function ran: it never did, it ran and failed, or nobody can tell. */
export type Execution = "not started" | "failed" | "unknown";

/** What is known of a failure; a field is missing where it does not apply. */
export interface ErrorFacts {
  /** Name of the endpoint that was called, such as `/predict`. */
  endpoint?: string | undefined;
  /** The server's name for the job. */
  eventId?: string | undefined;
  /** Address of the request that failed, without credentials. */
  url?: string | undefined;
  /** HTTP status of the answer. */
  status?: number | undefined;
  /** What the server answered, at most 2,000 characters of it. */
  serverText?: string | undefined;
  /** How many times the request was sent. */
  attempts?: number | undefined;
  /** Messages that the app sent with `gr.Info` and `gr.Warning` before the failure. */
  logs?: readonly string[];
  execution?: Execution | undefined;
  cause?: unknown;
}

/** What is known of a failure of one class, its own fields included. */
export type FactsOf<E extends GradlinkError> = ErrorFacts & Partial<Omit<E, keyof GradlinkError>>;

/**
 * Base class of all errors of gradlink.
 *
 * Its `message` is safe to print and to log, whatever an app said: control characters, bidirectional controls and lone
 * surrogates are escaped. The fields hold what was said as it was.
 */
export class GradlinkError extends Error implements ErrorFacts {
  declare endpoint?: string | undefined;
  declare eventId?: string | undefined;
  declare url?: string | undefined;
  declare status?: number | undefined;
  declare serverText?: string | undefined;
  declare attempts?: number | undefined;
  declare execution?: Execution | undefined;
  logs: readonly string[] = [];

  /** @param shown makes the text safe to show: one line, unless it is an app's own. */
  constructor(message?: string, facts?: ErrorFacts, shown: (text: string) => string = oneLine) {
    super(message === undefined ? message : shown(`${message}`), facts as { cause?: unknown });
    Object.assign(this, facts);
  }

  /** The name of the class, for programs that compare texts. */
  get code(): string {
    return this.name;
  }

  override get name(): string {
    return "GradlinkError";
  }

  /** What `isGradlinkError()` looks for. */
  get isGradlinkError(): true {
    return true;
  }

  /** What a failed job's status says; programs for `@gradio/client` look at it. */
  get stage(): string {
    return "error";
  }
}

/**
 * Return `error` itself, with these facts in place of those that it was made with.
 *
 * An error gets its facts where it is made. This is only for facts known further out: how often a request was made, which
 * endpoint it was for, whether anything had been sent before. Nothing else writes to an error.
 */
export function withFacts<E extends GradlinkError>(error: E, facts: ErrorFacts): E {
  return Object.assign(error, facts);
}

/** Tell whether `error` comes from gradlink, whichever copy of it is loaded. */
export function isGradlinkError(error: unknown): error is GradlinkError {
  return !!error && (error as Partial<GradlinkError>).isGradlinkError === true;
}

/** The arguments of a call do not fit the endpoint, or an option is wrong; nothing was sent. */
export class ArgumentError extends GradlinkError {
  constructor(message?: string, facts?: ErrorFacts) {
    super(message, { execution: "not started", ...facts });
  }

  override get name(): string {
    return "ArgumentError";
  }
}

/** No endpoint of the app has this name or index. */
export class EndpointError extends GradlinkError {
  override get name(): string {
    return "EndpointError";
  }
}

/** The app does not let this endpoint be called through its API. */
export class InvalidAPIEndpointError extends EndpointError {
  override get name(): string {
    return "InvalidAPIEndpointError";
  }
}

/** A file cannot be sent or stored: it is missing, cannot be read here, or is not a file. */
export class FileError extends GradlinkError {
  override get name(): string {
    return "FileError";
  }
}

/**
 * A file is larger than the app accepts, or than `max_download`: found out before anything was sent, or said by the
 * server (HTTP 413).
 */
export class FileTooLargeError extends FileError {
  override get name(): string {
    return "FileTooLargeError";
  }
}

/** What an app says of its error beside the text. */
export interface AppErrorFacts extends ErrorFacts {
  title?: string;
  duration?: number | null;
  visible?: boolean;
  print_exception?: boolean;
  hint?: string;
}

/**
 * The app's function raised an error; `message` is the text of the `gr.Error`, in which HTML is possible.
 *
 * `serverText` is the same as the app wrote it. `String(error)`, and what consoles print, name the endpoint and the title,
 * and end with the hint, where there are any.
 */
export class AppError extends GradlinkError {
  /** Heading of the message, "Error" unless the app chose one. */
  declare title: string;
  /** Seconds that the app's page shows it; null or 0 means until it is closed. */
  declare duration: number | null;
  /** Whether the app's page shows it at all. */
  declare visible: boolean;
  /** Whether the app prints the traceback to its own console. */
  declare print_exception: boolean;
  /** What was probably meant by arguments that look wrong, "" if none does. */
  declare hint: string;

  constructor(message: string, facts?: AppErrorFacts) {
    const known = { title: "Error", duration: 10, visible: true, print_exception: true, hint: "", ...facts };
    super(message || "the app raised an error without a text (AppError)", known as ErrorFacts, lines);
    // Consoles and logs show the stack, which begins with the name and the message where it has a beginning.
    const { stack } = this;
    const head = `${this.name}: ${this.message}`;
    if (stack?.startsWith(head)) this.stack = `${this}${stack.slice(head.length)}`;
  }

  override get name(): string {
    return "AppError";
  }

  /** The text without the endpoint and the title. */
  get said(): string {
    return this.hint ? `${this.message} (${lines(this.hint)})` : this.message;
  }

  override toString(): string {
    const { name, endpoint, title, said } = this;
    return [name, endpoint, title === "Error" ? "" : title, ""]
      .flatMap((one) => (one ? `${oneLine(one)}: ` : ""))
      .join("")
      .concat(said);
  }
}

/** The ZeroGPU quota of whoever called is used up, or too small for this call; the function did not get a GPU. */
export class QuotaExceededError extends AppError {
  /** Seconds of GPU time that the function asks for. */
  declare requested?: number | undefined;
  /** Seconds of GPU time that are left. */
  declare left?: number | undefined;
  /** Seconds until there is quota again. */
  declare retryAfter?: number | undefined;
  override get name(): string {
    return "QuotaExceededError";
  }
}

/** The app's validator refused the values; the function did not run. */
export class ValidationError extends GradlinkError {
  /** One `[parameter, message]` pair for each value that was refused. */
  readonly problems: readonly (readonly [string, string])[];

  constructor(message: string, problems: readonly (readonly [string, string])[] = [], facts?: ErrorFacts) {
    super(message, facts, lines);
    this.problems = problems;
  }

  override get code(): string {
    return "validation_error";
  }

  override get name(): string {
    return "ValidationError";
  }
}

/** The app's queue is full or stopped; the job was not accepted. */
export class QueueError extends GradlinkError {
  override get name(): string {
    return "QueueError";
  }
}

/**
 * The job was cancelled, by this program or by the app; or the connecting was, by its signal.
 *
 * If an `AbortSignal` did it, `cause` is its reason, and `name` is what programs look for then: "AbortError", or
 * "TimeoutError" for `AbortSignal.timeout()`.
 */
export class JobCancelledError extends GradlinkError {
  /** An `AbortSignal` cancelled it. */
  declare aborted?: true;

  override get code(): string {
    return "JobCancelledError";
  }

  override get name(): string {
    if (!this.aborted) return "JobCancelledError";
    const { name } = (this.cause ?? {}) as Partial<Error>;
    return name === "TimeoutError" ? name : "AbortError";
  }
}

/** The network, a proxy or the server broke the exchange. */
export class TransportError extends GradlinkError {
  override get name(): string {
    return "TransportError";
  }
}

/** No connection to the server could be made. */
export class ConnectError extends TransportError {
  /** It may go better next time; false if the server's certificate is not trusted. */
  declare transient: boolean;

  constructor(message?: string, facts?: ErrorFacts & { transient?: boolean }) {
    super(message, { transient: true, ...facts } as ErrorFacts);
  }

  /** The former name of `transient`, until 1.0. */
  get passing(): boolean {
    return this.transient;
  }
  override get name(): string {
    return "ConnectError";
  }
}

/** Connecting took longer than the limit for it. */
export class ConnectTimeoutError extends ConnectError {
  /** The limit that ran out. */
  readonly phase = "connect";
  /** How long it was. */
  declare seconds: number;

  constructor(message?: string, facts?: ErrorFacts & { seconds?: number }) {
    super(message, facts);
  }

  override get name(): string {
    return "ConnectTimeoutError";
  }
}

/** A download broke. */
export class DownloadInterruptedError extends TransportError {
  /** Bytes that came. */
  declare received: number;

  constructor(message?: string, facts?: FactsOf<DownloadInterruptedError>) {
    super(message, { received: 0, ...facts } as ErrorFacts);
  }

  override get name(): string {
    return "DownloadInterruptedError";
  }
}

/** The stream that carried a job's messages broke before the job ended. */
export class StreamLostError extends TransportError {
  /** What `@gradio/client` calls a job whose connection is gone. */
  get broken(): true {
    return true;
  }

  override get name(): string {
    return "StreamLostError";
  }
}

/** The server does not know the session that a job was sent under. */
export class SessionLostError extends StreamLostError {
  get session_not_found(): true {
    return true;
  }

  override get name(): string {
    return "SessionLostError";
  }
}

/** The server said that it is shutting down while a job was pending. */
export class ServerStoppedError extends StreamLostError {
  override get name(): string {
    return "ServerStoppedError";
  }
}

/** The server answered a request with a status that gradlink cannot use. */
export class ResponseError extends TransportError {
  override get name(): string {
    return "ResponseError";
  }
}

/** The server has nothing at this address (HTTP 404). */
export class NotFoundError extends ResponseError {
  override get name(): string {
    return "NotFoundError";
  }
}

/** The server calls the request malformed (HTTP 422 or 400 that is not an app's validator). */
export class RequestRejectedError extends ResponseError {
  override get name(): string {
    return "RequestRejectedError";
  }
}

/** The app requires a login, or refused the one it was given. */
export class AuthenticationError extends ResponseError {
  override get name(): string {
    return "AuthenticationError";
  }
}

/** The server, or a proxy before it, limits the rate of requests (HTTP 429). */
export class TooManyRequestsError extends ResponseError {
  /** Seconds that the server asks to wait. */
  declare retryAfter?: number | undefined;

  constructor(message?: string, facts?: FactsOf<TooManyRequestsError>) {
    super(message, facts);
  }

  override get name(): string {
    return "TooManyRequestsError";
  }
}

/** The server sent a request that carries credentials to another host, which was not followed. */
export class RedirectError extends TransportError {
  override get name(): string {
    return "RedirectError";
  }
}

/** A call ran out of one of its time limits; the server was asked to cancel it. */
export class JobTimeoutError extends GradlinkError {
  /** The limit that ran out. */
  declare phase: "upload" | "queue" | "run" | "total";
  /** How long it was. */
  declare seconds: number;

  constructor(message?: string, facts?: FactsOf<JobTimeoutError>) {
    super(message, facts);
  }

  override get name(): string {
    return "JobTimeoutError";
  }
}

/** The client was closed before the job could end, or is used after `close()`. */
export class ClientClosedError extends GradlinkError {
  override get name(): string {
    return "ClientClosedError";
  }
}

/** The server speaks in a way that gradlink does not know. */
export class ProtocolError extends GradlinkError {
  override get name(): string {
    return "ProtocolError";
  }
}

/** An answer or a message of the server is larger than the client takes; it was not read any further. */
export class AnswerTooLargeError extends ProtocolError {
  /** Bytes that it may have, after decoding. */
  declare limit: number;
  /** The client's option that sets the limit. */
  declare option: "max_answer" | "max_message";

  constructor(message?: string, facts?: FactsOf<AnswerTooLargeError>) {
    super(message, facts);
  }

  override get name(): string {
    return "AnswerTooLargeError";
  }
}

/**
 * A part of gradlink that is loaded when it is needed is not where it was: the page was deployed anew, and is to be
 * loaded again.
 */
export class LoadError extends GradlinkError {
  override get name(): string {
    return "LoadError";
  }
}
