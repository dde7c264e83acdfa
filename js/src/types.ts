/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The types of the public surface.
 *
 * What a platform has is described by what gradlink uses of it, so that the declarations compile with and without the
 * types of browsers and of Node.
 */

import type { GradlinkError } from "./errors.ts";
import type { Protocol } from "./protocol/dialect.ts";
import type { LocalFile } from "./protocol/filedata.ts";
import type { Bound, Retries, Timeout } from "./protocol/policy.ts";
import type { Reply } from "./protocol/replies.ts";

/** The platform's own type of this name where its types are loaded, otherwise what gradlink needs of it. */
type OwnOr<Name extends string, Fallback> = typeof globalThis extends {
  [K in Name]: { prototype: infer Own };
}
  ? Own
  : Fallback;

/** A `Blob` or `File`. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
}

/** The body of an answer. */
export interface ByteStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
  cancel(reason?: unknown): Promise<void>;
}

/** What an injected `fetch` has to resolve to. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly body: ByteStream | null;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What gradlink hands to an injected `fetch`. */
export interface RequestOptions {
  method?: string;
  headers?: unknown;
  body?: unknown;
  signal?: unknown;
  credentials?: unknown;
  redirect?: unknown;
}

/** A function such as the platform's own `fetch`. */
export type FetchLike = { fetch(input: string, init?: RequestOptions): Promise<ResponseLike> }["fetch"];

/** The platform's `Response`. */
export type FetchResponse = OwnOr<"Response", ResponseLike>;
/** The platform's `Blob`. */
export type FetchBlob = OwnOr<"Blob", BlobLike>;
/** The platform's stream of bytes. */
export type FetchStream = NonNullable<FetchResponse["body"]>;

/** An `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What `client.stream()` returns: an `EventSource` in shape. */
export interface EventStreamLike {
  onmessage: ((event: { data: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
  close(): void;
}

export type EventType = "data" | "status" | "log" | "render";

/** What an event of any type tells of its call. */
export interface EventOrigin {
  endpoint: string;
  fn_index: number;
}

/** The arguments of a call, and what goes along with them. */
export interface Payload {
  fn_index: number;
  data: unknown[];
  time?: Date;
  event_data?: unknown;
  trigger_id?: number | null;
  oauth_token?: string;
}

/** What an app's validator says of one value. */
export interface ValidationProblem {
  is_valid: boolean;
  message: string;
  parameter_name?: string;
}

/** Where a job stands. */
export interface Status {
  queue: boolean;
  stage: "pending" | "error" | "complete" | "generating" | "streaming";
  code?: string | undefined;
  success?: boolean | undefined;
  duration?: number | null | undefined;
  visible?: boolean | undefined;
  broken?: boolean | undefined;
  /** Jobs in the app's queue. */
  size?: number | undefined;
  /** Jobs before this one in it, 0 = next. */
  position?: number | undefined;
  /** Seconds until the result, as the server estimates. */
  eta?: number | undefined;
  title?: string | undefined;
  message?: string | ValidationProblem[] | undefined;
  progress_data?:
    | {
        progress: number | null;
        index: number | null;
        length: number | null;
        unit: string | null;
        desc: string | null;
      }[]
    | undefined;
  time?: Date | undefined;
  changed_state_ids?: number[] | undefined;
  time_limit?: number | undefined;
  session_not_found?: boolean | undefined;
  used_cache?: "full" | "partial" | null | undefined;
  cache_duration?: number | undefined;
  avg_time?: number | undefined;
}

export interface StatusMessage extends Status, EventOrigin {
  type: "status";
  original_msg?: string | undefined;
}

export interface PayloadMessage<T = unknown[]> extends EventOrigin {
  type: "data";
  data: T;
  time: Date;
  event_data?: unknown;
  trigger_id?: number | null;
}

export interface LogMessage extends EventOrigin {
  type: "log";
  log: string;
  title: string | undefined;
  level: "warning" | "info" | "success" | "error";
  /** Seconds that the app's page shows it; null means until it is closed. */
  duration: number | null;
  visible: boolean;
}

export interface RenderMessage extends EventOrigin {
  type: "render";
  data: { components: ComponentMeta[]; layout: unknown; dependencies: Dependency[]; render_id: number };
}

/** What `submit` yields; `T` is the type of the values. */
export type GradioEvent<T = unknown[]> = PayloadMessage<T> | StatusMessage | LogMessage | RenderMessage;

/** What `predict` resolves to; `data` has one entry for each output of the endpoint. */
export type PredictReturn<T = unknown[]> = PayloadMessage<T>;

/** Where a job is, according to the server's messages. */
export type JobStatus = "pending" | "queued" | "running" | "succeeded" | "failed" | "cancelled" | "lost";

/** A job that was sent with `submit`: iterate over its events, or wait for its result. */
export interface SubmitIterable<T = unknown[]> extends AsyncIterable<GradioEvent<T>> {
  [Symbol.asyncIterator](): SubmitIterable<T>;
  next(): Promise<IteratorResult<GradioEvent<T>, undefined>>;
  /** Stop listening, and cancel the job on the server. A loop that is left calls it. */
  return(): Promise<IteratorResult<GradioEvent<T>, undefined>>;
  throw(error?: unknown): Promise<IteratorResult<GradioEvent<T>, undefined>>;
  /** Cancel the job: here at once, and on the server; it resolves once the cancel is sent. */
  cancel(): Promise<void>;
  /** The server's name for the job, "" until it has one. */
  event_id(): string;
  /** Resolves with the server's name for the job, null for one that does not go through the queue. */
  wait_for_id(): Promise<string | null>;
  /** Give a live endpoint that runs further input. */
  send_chunk(payload: object): Promise<void>;
  /** Tell a live endpoint that no further input comes. */
  close_stream(): Promise<void>;
  /** Resolves with the job's last values; rejects with the error that ended it. */
  result(): Promise<PredictReturn<T>>;
  /** The text that each value adds: of the first output that is a text, or a chat history. */
  deltas(): AsyncGenerator<string, void, undefined>;
  readonly status: JobStatus;
  /** Cancel the job if it has not ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

export type SpaceStatus =
  | {
      status: "sleeping" | "running" | "building" | "error" | "stopped" | "starting";
      detail:
        | "SLEEPING"
        | "STOPPED"
        | "RUNNING"
        | "RUNNING_BUILDING"
        | "RUNNING_APP_STARTING"
        | "BUILDING"
        | "APP_STARTING"
        | "NOT_FOUND";
      load_status: "pending" | "error" | "complete" | "generating";
      message: string;
    }
  | {
      status: "space_error" | "paused";
      detail: "NO_APP_FILE" | "CONFIG_ERROR" | "BUILD_ERROR" | "RUNTIME_ERROR" | "PAUSED" | "DELETING";
      load_status: "error";
      message: string;
      discussions_enabled: boolean;
    };

/** The ZeroGPU quota of an account, in seconds of GPU time. */
export interface Quota {
  /** What the account has until the quota is renewed. */
  base: number;
  /** What is left of it. */
  left: number;
  /** When it is renewed; undefined if nothing was used. */
  resetsAt: Date | undefined;
  /** What was used beyond it and is paid for. */
  overquotaUsed: number | undefined;
}

/** How much of the files of a call has been sent. */
export interface UploadProgress {
  /** Bytes that the server has received. */
  loaded: number;
  /** Bytes in all. */
  total: number;
}

/** What a single call may ask for, beside its arguments. */
export interface CallOptions {
  /** Aborting it cancels the job, on the server too. */
  signal?: AbortSignalLike | null | undefined;
  /** Seconds for the whole call, or limits for its phases. */
  timeout?: number | Partial<Timeout> | null | undefined;
  /** How often a request that had no effect is repeated; 0 repeats nothing. */
  retries?: number | Partial<Retries> | null | undefined;
  /** Send the job again if it is lost, though it may have run. */
  resubmit?: boolean | undefined;
  /** Headers of this call; they win over those of the client. */
  headers?: Record<string, string> | undefined;
  /** Which events the job shows. */
  events?: readonly EventType[] | undefined;
  trigger_id?: number | null | undefined;
  /** Told how far the files of the call have been sent. */
  onUploadProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** What a program logs with, such as `console`; a method that is not there is not wanted. */
export interface Logger {
  info?(text: string): void;
  debug?(text: string): void;
}

export interface ClientOptions {
  /**
   * Hugging Face token, for Spaces and the Hub (`HF_TOKEN` of the environment unless given; false for none); any other app
   * gets one that is given as `Authorization: Bearer`.
   */
  token?: string | false | undefined;
  /** @deprecated Old name of `token`. */
  hf_token?: string | undefined;
  /** Username and password of the app's login. */
  auth?: readonly [string, string] | null | undefined;
  /** Which events `submit` shows; `["data"]` unless given. */
  events?: readonly EventType[] | undefined;
  /** Told of a Space's stages, once each time it is found in another one. */
  status_callback?: ((status: SpaceStatus) => void) | null | undefined;
  /** Seconds to wait for a Space that does not run yet; 300 unless given, 1800 for a copy. */
  wait?: number | undefined;
  /** Headers of every request to the app's own origin. */
  headers?: Record<string, string> | Iterable<readonly [string, string]> | undefined;
  /** A `Cookie` header to begin with; the app's own cookies are kept. Browsers have cookies of their own. */
  cookies?: string | undefined;
  /** How browsers send their cookies: "same-origin" unless given. */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /** Continue a session, and with it the app's State. */
  session_hash?: string | undefined;
  /** `page` and `deep_link`: which page of the app, and which saved state. */
  query_params?: Record<string, string> | undefined;
  /** Keep the values that stand for State in the data. */
  with_null_state?: boolean | undefined;
  /** A Hugging Face token for the app's own use, sent only to endpoints that declare that they need it. */
  oauth_token?: string | undefined;
  /** Accepted for programs that set it: gradlink keeps no history. */
  record_history?: boolean | undefined;
  /** Aborting it ends the connecting; calls have signals of their own. */
  signal?: AbortSignalLike | null | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: FetchLike | undefined;
  /**
   * Told at `info` of each call when it has ended, in a line, and of what is tried again; at `debug` of what happens to each
   * call until then, and of each request. Arguments, values and credentials are left out. Nothing is logged unless it is given.
   */
  logger?: Logger | null | undefined;
  /** Seconds for each call as a whole, or limits for its phases. */
  timeout?: number | Partial<Timeout> | null | undefined;
  /** How often a request that had no effect is repeated; 3 unless given. */
  retries?: number | Partial<Retries> | null | undefined;
  /** Calls that are at the server at a time, 40 unless given; further ones wait here, in order. */
  max_jobs?: number | undefined;
  /**
   * Send every call under the client's own session, also those of one function at the same time, for apps that keep data of
   * their own by `gr.Request.session_hash`.
   */
  one_session?: boolean | undefined;
  /** Bytes that a file of a result may have; no limit unless given. */
  max_download?: number | null | undefined;
  /**
   * Bytes that one message of a stream may have after decoding, which can hold a whole result; 256 MiB unless given, null
   * for no bound.
   */
  max_message?: number | null | undefined;
  /** Bytes that any other answer may have, /config and /info four times as many; 16 MiB unless given, null for no bound. */
  max_answer?: number | null | undefined;
}

export interface DuplicateOptions extends ClientOptions {
  /** Only its owner may call it; public unless given. */
  private?: boolean | undefined;
  /** What it runs on, such as "t4-small"; unless given, what the original or an existing copy has. */
  hardware?: string | undefined;
  /** A number is the same as `sleep_timeout`; limits for calls are an object here. */
  timeout?: number | Partial<Timeout> | null | undefined;
  /** Minutes without use after which a copy on paid hardware sleeps; 5 for a new one unless given. */
  sleep_timeout?: number | undefined;
  /** Secrets of a copy that is made, by name; one that exists keeps its own. */
  secrets?: Readonly<Record<string, string>> | undefined;
  /** Name of the copy, with or without its owner; the original's, owned by the token's account, unless given. */
  to_id?: string | undefined;
}

/** What an app says of a component. */
export interface ComponentMeta {
  id: number;
  type: string;
  props: Record<string, unknown>;
  [key: string]: unknown;
}

/** What an app says of a function. */
export interface Dependency {
  id: number;
  api_name: string | false | null;
  inputs: number[];
  outputs: number[];
  targets: [number, string][];
  queue: boolean | null;
  backend_fn: boolean;
  types?: { generator: boolean; cancel: boolean };
  batch?: boolean;
  cancels?: number[];
  [key: string]: unknown;
}

/** What an app says of itself. */
export interface Config {
  version: string;
  root: string;
  components: ComponentMeta[];
  dependencies: Dependency[];
  protocol?: Protocol;
  api_prefix?: string;
  /** A random number of the app's process, as text. */
  app_id?: string;
  title?: string;
  space_id?: string | null;
  username?: string | null;
  max_file_size?: number | null;
  connect_heartbeat?: boolean;
  mode?: string;
  theme?: string;
  css?: string | null;
  js?: string | null;
  head?: string | null;
  layout?: unknown;
  /** Name, title and whether it is shown of each page of an app that has several. */
  pages?: [string, string, boolean][];
  /** What is on each page; the first one is "". */
  page?: Record<string, { components: number[]; dependencies: number[]; layout: unknown }>;
  /** The page that this is of. */
  current_page?: string;
  [key: string]: unknown;
}

/** A parameter or value of an endpoint. */
export interface ApiData {
  label: string;
  parameter_name: string | null;
  parameter_has_default?: boolean;
  parameter_default?: unknown;
  /** Its TypeScript type. */
  type: string;
  description: string;
  component: string;
  example_input?: unknown;
  python_type: { type: string; description: string };
  /** It stands for State, and is filled in by the server. */
  hidden?: boolean;
}

export interface EndpointInfo {
  parameters: ApiData[];
  returns: ApiData[];
  type: { generator: boolean; cancel: boolean };
  description?: string;
  oauth_token?: "required" | "optional";
}

/** The endpoints of an app, by name and by number. */
export interface ApiInfo {
  named_endpoints: Record<string, EndpointInfo>;
  unnamed_endpoints: Record<string, EndpointInfo>;
}

export interface UploadResponse {
  files?: string[];
  error?: string;
}

/** A file, or what it is to be read from. */
export type FileInput =
  | BlobLike
  | ArrayBuffer
  | ArrayBufferView
  | ByteStream
  | AsyncIterable<unknown>
  | string
  | URL_;

type URL_ = OwnOr<"URL", { readonly href: string }>;

/** A WebSocket, in few words. */
export interface Socket {
  onmessage: ((text: string) => void) | undefined;
  /** Told of the end; `clean` if the server closed it cleanly. */
  onclose: ((clean: boolean, error?: GradlinkError) => void) | undefined;
  send(text: string): void;
  close(): void;
}

/** What is not waited for, and not taken, of a WebSocket. */
export interface SocketLimits {
  /** Until it is there; null for no limit. */
  readonly seconds: number | null;
  /** How many bytes one message may have. */
  readonly bound: Bound;
}

/** What this platform has beside what all have. */
export interface Platform {
  open(path: string): Promise<BlobLike>;
  save(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Ask for what an app names at another host; fails if its name leads to this machine or a private network. */
  fetchPublic?(url: string, init: RequestOptions): Promise<ResponseLike>;
  /** Ask for a WebSocket at an http address; return it, or the answer if that is a refusal. */
  socket(
    url: string,
    headers: Record<string, string>,
    signal: AbortSignalLike,
    limits: SocketLimits,
  ): Promise<{ socket?: Socket; refusal?: Reply }>;
}

export type { LocalFile };
