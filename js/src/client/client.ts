/// <reference lib="esnext.disposable" preserve="true" />
/** The client: what programs use. */

import { ArgumentError } from "../errors.ts";
import type { Space } from "../hub/space.ts";
import { checkHeaders } from "../protocol/headers.ts";
import { asList, isObject, type JsonValue, setOwn } from "../protocol/jsonvalue.ts";
import { pageOf } from "../protocol/pages.ts";
import { type Arguments, checkEventData, type Payload } from "../protocol/payload.ts";
import { boundsOf, DEFAULT_RETRIES, DEFAULT_TIMEOUT, merged } from "../protocol/policy.ts";
import { normalise } from "../protocol/routes.ts";
import { type AppSchema, findEndpoint } from "../protocol/schema.ts";
import { unlessAborted } from "../protocol/signals.ts";
import type {
  ApiInfo,
  BlobLike,
  CallOptions,
  ClientOptions,
  Config,
  DuplicateOptions,
  EndpointInfo,
  EventStreamLike,
  EventType,
  FetchLike,
  FetchResponse,
  Platform,
  PredictReturn,
  RequestOptions,
  SubmitIterable,
  UploadResponse,
} from "../types.ts";
import { addressOf } from "./address.ts";
import * as compat from "./compat.ts";
import { connect, notStarted } from "./connect.ts";
import { Connection, type Owner } from "./connection.ts";
import { RemoteFile, readable } from "./downloads.ts";
import { EventStream } from "./events.ts";
import { clientClosed } from "./exchange.ts";
import type { FileData } from "./file-input.ts";
import { Http } from "./http.ts";
import { CookieJar } from "./login.ts";
import { part } from "./parts.ts";
import { compare, refresh } from "./restart.ts";
import type { Submission } from "./submission.ts";

type Made<T> = new (app_reference: string, options?: ClientOptions) => T;

/** Methods that programs take off their client. */
const BOUND = [
  "close",
  "fetch",
  "stream",
  "component_server",
  "handle_blob",
  "post_data",
  "reconnect",
  "refresh",
  "upload",
  "upload_files",
  "view_api",
] as const;

/** A connection to a Gradio app; `Client.connect()` makes it. */
export class Client {
  /** What was connected to. */
  app_reference: string;
  /** What the app says of itself. */
  config: Config | undefined;
  /** What `view_api()` found. */
  api_info: ApiInfo | undefined;
  /** "/gradio_api" since Gradio 5. */
  api_prefix = "";
  /** The number of each function that has a name. */
  declare api_map: Record<string, number>;
  closed = false;
  /** Kept for the program. */
  current_payload: unknown = {};
  /** What it was made with. Not shown by `console.log`, as nothing is that may hold credentials. */
  declare readonly options: ClientOptions;
  declare private http: Http;
  declare private space: Space | undefined;
  declare private connection: Connection;
  declare private cookies: string | undefined;
  declare private jar: CookieJar | undefined;
  declare private hasOwnFetch: boolean;

  constructor(app_reference: string, options: ClientOptions = {}) {
    this.app_reference = app_reference;
    const hasOwnFetch = !!options.fetch || this.fetch !== Client.prototype.fetch;
    hide(this, { options, hasOwnFetch, cookies: options.cookies, jar: undefined });
    for (const name of BOUND) this[name] = this[name].bind(this) as never;
  }

  /** Connect to an app by its address, or to a Space by its name. */
  static async connect<T extends Client>(
    this: Made<T>,
    app_reference: string,
    options?: ClientOptions,
  ): Promise<T> {
    return await new this(app_reference, options).open();
  }

  /** Copy a Space, and connect to the copy. */
  static async duplicate<T extends Client>(
    this: Made<T> & Pick<typeof Client, "connect">,
    app_reference: string,
    options?: DuplicateOptions,
  ): Promise<T> {
    const { duplicateSpace } = await part(import("../hub/duplicate.ts"), "duplicate()");
    return await this.connect<T>(...(await duplicateSpace(app_reference, options)));
  }

  private async open(): Promise<this> {
    const { signal } = this.options;
    const what = `connecting to ${JSON.stringify(this.app_reference)}`;
    const find = () => this.find();
    try {
      return await (signal ? unlessAborted(signal, what, find, () => this.quit()) : find());
    } catch (error) {
      throw notStarted(error);
    }
  }

  /** End the connecting. */
  private quit(): void {
    this.closed = true;
    this.http?.end();
  }

  private async find(): Promise<this> {
    const { options, app_reference } = this;
    const { token = options.hf_token, cookies } = options;
    checkHeaders("headers", options.headers);
    checkHeaders("token", { authorization: token ?? "" });
    checkHeaders("cookies", { cookie: cookies ?? "" });
    checkMaxJobs(options);
    const limits = {
      retries: merged(options.retries, DEFAULT_RETRIES, "count"),
      timeout: merged(options.timeout, DEFAULT_TIMEOUT, "total"),
    };
    const named = await addressOf(app_reference, options);
    const { space } = named;
    const http = new Http(
      normalise(named.base),
      (input, init) => this.fetch(input, init),
      { ...named.headers, ...(token && !space && { authorization: `Bearer ${token}` }) },
      options.auth,
      limits.timeout.connect,
      boundsOf(options),
      options.logger,
    );
    hide(this, { http, space });
    // A subclass, or a signal, may have closed it while its address was looked up.
    http.closed = this.closed;
    try {
      const once = () => connect(http, options, limits);
      const found = await (space ? space.reach(once) : once());
      if (http.closed) throw clientClosed();
      const { schema } = found;
      const owner = this.asOwner(space);
      hide(this, { connection: new Connection(owner, http, found, options.session_hash, limits) });
      this.learned(schema);
      return this;
    } catch (error) {
      http.end();
      throw error;
    }
  }

  /** Return what the connection needs of the client. */
  private asOwner(space: Space | undefined): Owner {
    const client = this;
    return {
      options: this.options,
      hasOwnFetch: this.hasOwnFetch,
      space,
      get platform() {
        return client.platform;
      },
      stream: (url) => this.stream(url),
      credentials: (url, given) => this.credentials(url, given),
      learned: (schema) => this.learned(schema),
    };
  }

  /** The app was restarted, or has made new functions. */
  private learned({ config, prefix }: AppSchema): void {
    this.api_prefix = prefix;
    this.api_info = undefined;
    this.config = { ...config } as Config;
    // What older apps do not send is there for who asks for it, and is none of the app's keys.
    const missing = Object.entries({ current_page: "", root: this.http.base.slice(0, -1) });
    hide(this.config, Object.fromEntries(missing.filter(([key]) => !(key in config))));
    this.api_map = {};
    for (const [index, dependency] of asList(this.config.dependencies).entries()) {
      if (!isObject(dependency)) continue;
      dependency["id"] ??= index;
      const { api_name, id } = dependency;
      if (typeof api_name === "string" && api_name) setOwn(this.api_map, api_name, id);
    }
  }

  /** What opens a private Space where headers cannot go: the `__sign` of an address. */
  get jwt(): string | undefined {
    return this.space?.jwt;
  }

  /** What reads and writes files on this platform, undefined where there is nothing. */
  get platform(): Platform | undefined {
    return undefined;
  }

  /** The server's name for the session, which holds the app's State. Setting it continues another session. */
  get session_hash(): string {
    return this.connection.engine.session_hash;
  }

  set session_hash(session_hash: string) {
    this.connection.renewSession(session_hash);
  }

  /** Begin a new session, with fresh State. */
  reset_session(): void {
    this.connection.renewSession();
  }

  /** What takes a message of the app about a job that has not ended, by the job's id. */
  get event_callbacks(): Readonly<Record<string, (data?: unknown) => Promise<void>>> {
    const callbacks: Record<string, (data?: unknown) => Promise<void>> = {};
    for (const { entries } of this.connection.engine.pool.all)
      for (const id of entries.keys())
        callbacks[id] = async (data) => compat.deliver(this.connection, id, data);
    return Object.freeze(callbacks);
  }

  /** Whether a stream of messages is read. */
  get stream_status(): { readonly open: boolean } {
    return { open: this.connection.engine.pool.all.some(({ reading }) => reading) };
  }

  /** Which page of the app was asked for. */
  get page(): string | null {
    return this.options.query_params?.["page"] ?? null;
  }

  /** Which saved state of the app was asked for. */
  get deep_link(): string | null {
    return this.options.query_params?.["deep_link"] ?? null;
  }

  /** Return what the app says of one of its pages: of the first one if it has none of this name. */
  get_page_config(page: string): Config {
    return pageOf(this.config as Config, page);
  }

  /** Return what the app says of the page at `url`, which is the browser's own unless given. */
  get_url_config(url?: string | null): Config {
    return this.get_page_config(`${url ?? globalThis.location?.href}`);
  }

  /** Keep a value for the program. */
  set_current_payload(payload: unknown): void {
    this.current_payload = payload;
  }

  // -- calling

  /**
   * Call an endpoint and return its values; of a generator, the last ones.
   */
  predict = async <T = unknown[]>(
    endpoint: string | number,
    data: Arguments = {},
    event_data?: unknown,
    options?: CallOptions,
  ): Promise<PredictReturn<T>> => {
    const job = this.begin(endpoint, data, event_data, { ...options, events: [] });
    // One value in, one out: nothing more is to come.
    if (job.endpoint.live) job.close_stream().catch(() => {});
    return (await job.result()) as PredictReturn<T>;
  };

  /**
   * Call an endpoint and return its job at once; iterate over it for its events.
   *
   * Options stand in the place of `trigger_id`, which is one of them.
   *
   * @throws ArgumentError, EndpointError for what cannot be sent.
   */
  submit = <T = unknown[]>(
    endpoint: string | number,
    data: Arguments = {},
    event_data?: unknown,
    trigger_id?: number | null | CallOptions,
    all_events?: boolean,
    additional_headers?: Record<string, string>,
  ): SubmitIterable<T> => {
    const events: EventType[] = ["data", "status", "log", "render"];
    const given = typeof trigger_id === "object" ? trigger_id : { trigger_id };
    const all = { ...given, ...(all_events && { events }) };
    const job: SubmitIterable<unknown> = this.begin(endpoint, data, event_data, all, additional_headers);
    return job as SubmitIterable<T>;
  };

  private begin(
    endpoint: string | number,
    data: Arguments,
    event_data: unknown,
    options: CallOptions,
    // Gradio's own Python client marks its calls so; apps that tell people from programs look at it.
    user: Record<string, string> = { "x-gradio-user": "api" },
  ): Submission {
    const { connection } = this;
    let call: Payload;
    try {
      call = connection.bind(findEndpoint(connection.schema, endpoint), data);
      checkHeaders("headers", user);
      checkHeaders("headers", options.headers);
      checkEventData(event_data);
    } catch (error) {
      throw notStarted(error);
    }
    return connection.begin(call, {
      events: this.options.events ?? ["data"],
      ...(options as object),
      shown: typeof endpoint === "number" ? "/predict" : endpoint,
      event_data,
      headers: { ...user, ...options.headers },
      retries: merged(options.retries, connection.retries, "count"),
      timeout: merged(options.timeout, connection.timeout, "total"),
      withState: this.options.with_null_state,
    });
  }

  /** Call a function of a component itself. */
  async component_server(component_id: number, fn_name: string, data: unknown): Promise<unknown> {
    return await compat.component_server(this.connection, component_id, fn_name, data);
  }

  /** Describe the app's endpoints. */
  async view_api(): Promise<ApiInfo> {
    const { schema } = this.connection;
    this.api_info ??= (await part(import("../describe/describe.ts"), "view_api()")).describe(schema);
    return this.api_info;
  }

  // -- files

  /**
   * Return what reads a file of a result, or of the app's config.
   *
   * @throws FileError for what is not a file.
   */
  read(file: FileData | object): RemoteFile {
    return new RemoteFile(this.connection, readable(file));
  }

  /** Send files to the app; an answer that is an error is returned as text, as ever. */
  async upload_files(
    _root_url: string,
    files: readonly BlobLike[],
    upload_id?: string,
  ): Promise<UploadResponse> {
    return await compat.upload_files(this.connection, files, upload_id);
  }

  /** Send the files that `prepare_files()` made; return what to put into arguments. */
  async upload(
    file_data: readonly FileData[],
    _root_url?: string,
    upload_id?: string,
    max_file_size?: number | null,
  ): Promise<(FileData | null)[] | null> {
    return await compat.upload(this.connection, file_data, upload_id, max_file_size);
  }

  /** Send the files in these arguments; return the arguments with the app's names of them in their place. */
  async handle_blob(
    _root_url: string,
    data: readonly unknown[],
    endpoint_info?: EndpointInfo,
  ): Promise<unknown[]> {
    return await compat.handle_blob(this.connection, data, endpoint_info);
  }

  // -- the network

  /**
   * Make a request; a subclass may put its own in place.
   *
   * The client's headers and cookies go to the app's own origin only.
   */
  async fetch(
    input: string | { readonly href: string } | { readonly url: string },
    init: RequestOptions = {},
  ): Promise<FetchResponse> {
    const call = (this.options.fetch ?? globalThis.fetch) as FetchLike;
    const url = String((input as { url?: string }).url ?? input);
    if (!this.http.owns(url)) return (await call(input as string, init)) as FetchResponse;
    const { credentials } = this.options;
    const headers = this.credentials(url, init.headers as Record<string, string>);
    const response = await call(input as string, { credentials, ...init, headers });
    // Browsers keep their cookies to themselves.
    const set = (response.headers as Partial<Headers>).getSetCookie?.();
    if (set?.length) {
      this.jar ??= new CookieJar(this.cookies);
      this.jar.take(set, url);
    }
    return response as FetchResponse;
  }

  /** Return the client's headers and cookies for what goes to the app, and `given`, which wins. */
  private credentials(url: string, given?: Record<string, string>): Record<string, string> {
    const cookie = this.jar ? this.jar.header(url) : this.cookies;
    if (!cookie && !this.options.headers) return given ?? {};
    const headers = new Headers(this.options.headers as Record<string, string>);
    if (cookie) headers.set("cookie", cookie);
    for (const [name, value] of new Headers(given)) headers.set(name, value);
    return Object.fromEntries(headers);
  }

  /** Open a stream of events, in the shape of an `EventSource`; a subclass may put its own in place. */
  stream(url: { readonly href: string }): EventStreamLike {
    return new EventStream(this.http, url.href);
  }

  /** Send JSON to the app; return the answer and its status. */
  async post_data(url: string, body: object, headers?: Record<string, string>): Promise<[JsonValue, number]> {
    return await compat.post_data(this.connection, url, body, headers);
  }

  /** Send these cookies from now on, beside the app's own. */
  set_cookies(raw: string): void {
    checkHeaders("cookies", { cookie: raw });
    if (this.jar) this.jar.add(raw);
    else this.cookies = this.cookies ? `${this.cookies}; ${raw}` : raw;
  }

  /** Tell whether the app is still the same: "changed" after a restart, "broken" if it does not answer. */
  async reconnect(): Promise<"connected" | "broken" | "changed"> {
    return await compare(this.connection);
  }

  /** Read again what the app says of itself; jobs that run go on. */
  async refresh(): Promise<Config> {
    await refresh(this.connection);
    return this.config as Config;
  }

  /** End everything: jobs fail, streams close. Resolves when nothing is left. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.connection) await this.connection.close();
    else this.http?.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function checkMaxJobs({ max_jobs = 1 }: ClientOptions): void {
  if (typeof max_jobs !== "number" || !(max_jobs >= 1))
    throw new ArgumentError(`max_jobs is not a number from 1: ${max_jobs}`);
}

/** Give `target` properties that are not shown, since they may hold credentials. */
function hide(target: object, values: object): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
}
