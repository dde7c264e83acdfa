/** Asking the Hugging Face Hub: its few requests, repeated while that may help. */

import { ProtocolError } from "../errors.ts";
import { readText } from "../protocol/bodies.ts";
import { asText, type JsonObject } from "../protocol/jsonvalue.ts";
import {
  boundsOf,
  DEFAULT_RETRIES,
  DEFAULT_TIMEOUT,
  isPassing,
  merged,
  milliseconds,
  type Retries,
} from "../protocol/policy.ts";
import { innermostReason } from "../protocol/reasons.ts";
import type { Reply } from "../protocol/replies.ts";
import { retried } from "../protocol/retry.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { AbortSignalLike, ClientOptions, FetchLike } from "../types.ts";
import { HubAuthenticationError, HubError, type HubErrorFacts, SpaceNotFoundError } from "./errors.ts";
import { routeOf, type SpaceReference, titleOf } from "./names.ts";
import { hubError, hubJson, readSpace, type SpaceInfo, tokenRefused } from "./replies.ts";
import { type Runtime, readRuntime } from "./stages.ts";
import { chosenToken, hubEndpoint } from "./tokens.ts";

/** A Hub, and who asks. */
export class Hub {
  readonly endpoint: string = hubEndpoint();
  /** Where the token is from, for messages. */
  readonly tokenSource: string;
  readonly #token: string | undefined;
  readonly #retries: Retries;
  readonly #fetch: FetchLike | undefined;
  readonly #seconds: number | null;
  readonly #signal: AbortSignalLike | null | undefined;

  constructor({ token, hf_token, retries, timeout, fetch, signal }: ClientOptions) {
    [this.#token, this.tokenSource] = chosenToken(token ?? hf_token);
    this.#retries = merged(retries, DEFAULT_RETRIES, "count");
    this.#seconds = merged(timeout, DEFAULT_TIMEOUT, "total").connect;
    this.#fetch = fetch;
    this.#signal = signal;
  }

  /** Whom it is asked as: undefined as nobody. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Return where people look at a Space. */
  page(space_id: string): string {
    return `${this.endpoint}/spaces/${space_id}`;
  }

  /** Return where the Hub has `what` of a Space: "runtime", "duplicate", "jwt", ... */
  route(space_id: string, what: string): string {
    return `${this.endpoint}/api/spaces/${space_id}/${what}`;
  }

  /** Return a Space as the Hub knows it. Throws SpaceNotFoundError or HubError. */
  async spaceInfo(reference: SpaceReference): Promise<SpaceInfo> {
    const title = titleOf(reference);
    const what = `the Space ${title}`;
    const reply = await this.ask("GET", routeOf(this.endpoint, reference), what);
    const info = readSpace(this.#ofSpace(reply, title, what), reference.space_id ?? "");
    if (info.space_id) return info;
    throw new ProtocolError(`the Hub describes the Space ${title} without its name`);
  }

  /**
   * Return where a Space is reached. Throws SpaceNotFoundError or HubError.
   *
   * The Hub tells it elsewhere, too; what stands in its place for Gradio's own client, a proxy or a fixture, does here.
   */
  async host(space_id: string): Promise<string | undefined> {
    const what = `the address of the Space ${space_id}`;
    const reply = await this.ask("GET", this.route(space_id, "host"), what);
    return asText(this.#ofSpace(reply, space_id, what)["host"]);
  }

  /** Return where a Space stands. Throws SpaceNotFoundError or HubError. */
  async runtime(space_id: string): Promise<Runtime> {
    const what = `the stage of the Space ${space_id}`;
    const reply = await this.ask("GET", this.route(space_id, "runtime"), what);
    return readRuntime(this.#ofSpace(reply, space_id, what));
  }

  /** Return the signature that opens a private Space where headers cannot go. */
  async signature(space_id: string): Promise<string | undefined> {
    const what = `the signature for the Space ${space_id}`;
    return asText(this.checked(await this.ask("GET", this.route(space_id, "jwt"), what), what)["token"]);
  }

  /** Tell whether people can leave a message about a Space. */
  async discusses(space_id: string): Promise<boolean> {
    const what = `the discussions of the Space ${space_id}`;
    const reply = await this.ask("HEAD", this.route(space_id, "discussions"), what).catch(() => undefined);
    const said = reply?.headers.get("x-error-message") ?? "";
    return reply?.status === 200 && !(/discussion/i.test(said) && /disabled/i.test(said));
  }

  /** Return the name of the token's account. Throws HubAuthenticationError for a token that is none. */
  async userName(): Promise<string> {
    const what = "the name of the token's account";
    const reply = await this.ask("GET", `${this.endpoint}/api/whoami-v2`, what);
    const name = asText(this.checked(reply, what)["name"]);
    if (name) return name;
    throw new ProtocolError("the Hub's answer to /whoami-v2 has no name");
  }

  /** Have the Hub do something. Throws HubError for every refusal. */
  async order(url: string, body: JsonObject, what: string): Promise<void> {
    this.checked(await this.ask("POST", url, what, body), what);
  }

  /** Return the object of an answer about the account itself. */
  checked(reply: Reply, what: string): JsonObject {
    if (reply.status !== 401) return hubJson(reply, what);
    throw this.#token ? this.#refusedToken(reply, what) : this.requiresToken(what);
  }

  /**
   * Return the Hub's answer, good or a refusal; what a repetition may mend is asked for again.
   *
   * Neither headers nor cookies of the app go along: the Hub gets the token and nothing else.
   *
   * @throws HubError, HubRateLimitError if the Hub stays away or keeps limiting.
   */
  async ask(method: string, url: string, what: string, body?: JsonObject): Promise<Reply> {
    return await retried({
      retries: this.#retries,
      make: () => this.#askOnce(method, url, what, body),
      // Reading goes on through any failure of the Hub; an order that may have been carried out does not.
      may: (error) => error instanceof HubError && (method !== "POST" || isPassing(error.status)),
      signal: () => this.#signal,
    });
  }

  /** Return the answer. Throws the failure that may pass. */
  async #askOnce(method: string, url: string, what: string, body?: JsonObject): Promise<Reply> {
    const call = (this.#fetch ?? globalThis.fetch) as FetchLike;
    let reply: Reply;
    try {
      const response = await call(url, {
        method,
        headers: {
          accept: "application/json",
          ...(this.#token && { authorization: `Bearer ${this.#token}` }),
          ...(body && { "content-type": "application/json" }),
        },
        credentials: "omit",
        ...(body && { body: JSON.stringify(body) }),
        ...(this.#seconds !== null && { signal: AbortSignal.timeout(milliseconds(this.#seconds)) }),
      });
      const { status, headers } = response;
      const [text] = await readText(response, url, boundsOf().answer);
      reply = { status, headers, url: response.url || url, body: text };
    } catch (error) {
      const where = `the Hugging Face Hub (${new URL(this.endpoint).host})`;
      const text = `${what}: ${where} cannot be reached: ${innermostReason(error)}`;
      throw new HubError(text, { url: withoutCredentials(url), cause: error, execution: "not started" });
    }
    if (reply.status === 429 || reply.status >= 500) throw hubError(reply, what);
    return reply;
  }

  /** Return the answer to a question about a Space; a Space that is not shown is explained. */
  #ofSpace(reply: Reply, title: string, what: string): JsonObject {
    if (this.#token && tokenRefused(reply)) throw this.#refusedToken(reply, what);
    if (reply.status !== 401 && reply.status !== 404) return hubJson(reply, what);
    // It hides what is private from those who may not see it.
    const text = this.#token
      ? `there is no Space ${title}, or it is private and the account of this token (${this.tokenSource}) may not see it; check the name, or give a token of its owner or organisation`
      : `the Hub shows no Space ${title} to callers without a token: if it is private, give the option token or set HF_TOKEN (tokens are made at ${this.endpoint}/settings/tokens), otherwise check the name`;
    const facts = factsOf(hubError(reply, what));
    facts.space_id = title;
    facts.askedWithToken = !!this.#token;
    throw new SpaceNotFoundError(text, facts);
  }

  #refusedToken(reply: Reply, what: string): HubAuthenticationError {
    return new HubAuthenticationError(
      `${what}: the Hugging Face Hub refuses the token (${this.tokenSource}); it may have expired or been revoked: see ${this.endpoint}/settings/tokens`,
      factsOf(hubError(reply, what)),
    );
  }

  /** Return the error for who asks without the token that is needed. */
  requiresToken(what: string): HubAuthenticationError {
    return new HubAuthenticationError(
      `${what}: the Hugging Face Hub requires a token; give the option token or set HF_TOKEN (tokens are made at ${this.endpoint}/settings/tokens)`,
      { execution: "not started" },
    );
  }
}

/** Return what is known of an error, for another one. */
export function factsOf({ status, url, serverText, attempts, hubCode }: HubError): HubErrorFacts {
  return { status, url, serverText, attempts, hubCode, execution: "not started" };
}
