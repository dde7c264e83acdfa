/** From the name of a Space to its address: found, woken up, waited for. */

import { ArgumentError, AuthenticationError, ProtocolError, QueueError, ResponseError } from "../errors.ts";
import { dropBody } from "../protocol/bodies.ts";
import { isPassing } from "../protocol/policy.ts";
import { pause } from "../protocol/retry.ts";
import { normalise } from "../protocol/routes.ts";
import { abortedBy } from "../protocol/signals.ts";
import type { ClientOptions, FetchLike, SpaceStatus } from "../types.ts";
import { HubAuthenticationError, HubError, SpaceNotFoundError } from "./errors.ts";
import { Hub } from "./hub.ts";
import { type SpaceReference, spaceReference, titleOf } from "./names.ts";
import type { SpaceInfo } from "./replies.ts";
import { meaningOf, notRunning, type Runtime, statusOf } from "./stages.ts";
import { hubEndpoint } from "./tokens.ts";
import { ZeroGpu } from "./zerogpu.ts";

const WAIT_SECONDS = 300;
// A Space that starts takes seconds, one that builds minutes: looks come fast at first, then every ten seconds.
// The Hub counts 500 requests in five minutes for callers without a token.
const FIRST_PAUSE_SECONDS = 0.5;
const LONGEST_PAUSE_SECONDS = 10;
const KNOCK_MS = 10_000;
// How long a signature is good the Hub does not say.
const SIGNATURE_MS = 600_000;

/** A Space that is to be called. */
export class Space {
  /** Where it is. */
  base = "";
  /** What every request to it carries. */
  readonly headers: Record<string, string>;
  readonly #hub: Hub;
  readonly #reference: SpaceReference;
  readonly #options: ClientOptions;
  readonly #wait: number;
  readonly #zeroGpu: ZeroGpu = new ZeroGpu();
  #info: SpaceInfo | undefined;
  #jwt: string | undefined;
  #signedAt = 0;

  constructor(reference: SpaceReference, options: ClientOptions) {
    const { wait = WAIT_SECONDS } = options;
    if (!(typeof wait === "number" && wait >= 0)) {
      throw new ArgumentError(`wait is not a number of seconds from 0: ${wait}`);
    }
    this.#reference = reference;
    this.#options = options;
    this.#wait = wait;
    this.#hub = new Hub(options);
    this.base = reference.base ?? "";
    const { token } = this.#hub;
    // The Hub's proxy takes the token here, so that Authorization stays free for the app's own login.
    this.headers = token ? { "x-hf-authorization": `Bearer ${token}` } : {};
  }

  /** Its name, undefined as long as only its address is known. */
  get space_id(): string | undefined {
    return this.#info?.space_id ?? this.#reference.space_id;
  }

  /** What opens it where headers cannot go; undefined for a public one. */
  get jwt(): string | undefined {
    return this.#jwt;
  }

  /** Return `url` with what opens the Space where headers cannot go. */
  signed(url: string): string {
    if (!this.#jwt) return url;
    if (Date.now() - this.#signedAt > SIGNATURE_MS) this.#sign().catch(() => {});
    const signed = new URL(url);
    signed.searchParams.set("__sign", this.#jwt);
    return signed.href;
  }

  /** Add to the headers of a call whose GPU time it uses, if a page knows that; what is given already wins. */
  async lend(headers: Record<string, string>): Promise<void> {
    const visitorHeaders = Object.entries(await this.#zeroGpu.headers());
    const taken = new Headers(this.#options.headers as Record<string, string>);
    for (const name of Object.keys(headers)) taken.set(name, "");
    for (const [name, value] of visitorHeaders) if (!taken.has(name)) headers[name] = value;
  }

  /** Connect to a Space that may sleep; the Hub is asked why one does not answer whose address was given. */
  async reach<T>(connect: () => Promise<T>): Promise<T> {
    if (this.#info) return await connect();
    let found: T;
    try {
      found = await connect();
    } catch (error) {
      const isApps = error instanceof AuthenticationError && this.#options.auth;
      const isRefusal = error instanceof ResponseError || error instanceof QueueError;
      if (isApps || !(isRefusal || error instanceof ProtocolError)) throw error;
      // What is away for a moment may have been asleep, and woken up by the very question.
      if ((await this.#wasRunning(error)) && !isPassing(error.status)) throw error;
      return await connect();
    }
    if (this.#hub.token) {
      this.#info = await this.#hub.spaceInfo(this.#reference).catch(() => undefined);
      await this.#sign();
    }
    return found;
  }

  /** Tell whether the Space ran all the time; `error` is thrown if the Hub cannot be asked why it did not answer. */
  async #wasRunning(error: Error): Promise<boolean> {
    try {
      return await this.run();
    } catch (why) {
      const isVague =
        why instanceof HubError &&
        !(why instanceof SpaceNotFoundError || why instanceof HubAuthenticationError);
      throw isVague ? error : why;
    }
  }

  /**
   * Find the Space, and wait until it runs; return whether it did at once.
   *
   * @throws SpaceNotFoundError if the Hub shows no such Space; SpaceNotRunningError if it does not run and will not, or not
   * in time; HubError if the Hub refuses to answer, or is away.
   */
  async run(): Promise<boolean> {
    let info: SpaceInfo;
    try {
      info = await this.#hub.spaceInfo(this.#reference);
    } catch (error) {
      const { space_id } = this.#reference;
      const isUnknown = space_id !== undefined && error instanceof SpaceNotFoundError;
      const host = isUnknown ? await this.#hub.host(space_id).catch(() => undefined) : undefined;
      if (host) {
        // Not the Hub itself, but what stands in its place: nothing says that the Space does not run.
        this.base ||= normalise(host);
        return true;
      }
      const { message } = error as Error;
      this.#report({ status: "error", load_status: "error", message, detail: "NOT_FOUND" });
      throw error;
    }
    await this.#waitUntilReady(info);
    this.#info = info;
    if (!this.base) {
      const host = (await this.#hub.host(info.space_id).catch(() => undefined)) ?? info.host;
      if (!host)
        throw new ProtocolError(`the Hub does not say where the Space ${titleOf(this.#reference)} is`);
      this.base = normalise(host);
    }
    await this.#sign();
    return meaningOf(info.runtime.stage) === "ready";
  }

  /** Look at the stage until it is a good one or a bad one, after every pause anew. */
  async #waitUntilReady(info: SpaceInfo): Promise<void> {
    const { space_id } = info;
    const link = this.#hub.page(space_id);
    let now: Runtime = info.runtime;
    let reported: string | undefined;
    let problem: HubError | undefined;
    for (let waited = 0, longest = FIRST_PAUSE_SECONDS; ; ) {
      const { stage } = now;
      const meaning = meaningOf(stage);
      if (stage !== reported) await this.#reportStage(space_id, stage);
      reported = stage;
      if (meaning === "ready") return;
      if (meaning === "broken") throw notRunning(space_id, now, link);
      const remaining = this.#wait - waited;
      if (remaining <= 0) throw problem ?? notRunning(space_id, now, link, waited);
      if (meaning === "asleep") await this.#wake(info);
      const { signal } = this.#options;
      waited += await (longest < remaining
        ? pause(longest / 2, longest, signal)
        : pause(remaining, remaining, signal));
      if (signal?.aborted) throw abortedBy(signal, `waiting for the Space ${space_id}`);
      longest = Math.min(2 * longest, LONGEST_PAUSE_SECONDS);
      try {
        now = await this.#hub.runtime(space_id);
        problem = undefined;
      } catch (error) {
        // A Space may build for half an hour; the Hub may be away for a minute of it.
        const { status = 500 } = error as HubError;
        if (!(error instanceof HubError) || (status < 500 && status !== 429)) throw error;
        problem = error;
      }
    }
  }

  async #reportStage(space_id: string, stage: string): Promise<void> {
    if (!this.#options.status_callback) return;
    const discusses = meaningOf(stage) === "broken" && (await this.#hub.discusses(space_id));
    this.#report(statusOf(space_id, stage, discusses));
  }

  #report(status: SpaceStatus): void {
    this.#options.status_callback?.(status);
  }

  /** Ask the Space for something, which wakes it up; what it answers does not matter. */
  async #wake({ host }: SpaceInfo): Promise<void> {
    if (!host) return;
    const call = (this.#options.fetch ?? globalThis.fetch) as FetchLike;
    const signal = AbortSignal.timeout(KNOCK_MS);
    try {
      const response = await call(host, { headers: this.headers, credentials: "omit", signal });
      await dropBody(response.body);
    } catch {}
  }

  /** Ask the Hub for what opens a private Space. Without it all works where headers can go. */
  async #sign(): Promise<void> {
    if (!this.#info?.isPrivate || !this.#hub.token) return;
    this.#signedAt = Date.now();
    this.#jwt = await this.#hub.signature(this.#info.space_id).catch(() => this.#jwt);
  }
}

/** Return the Space that `typed` names, running; undefined if it is the address of another app. */
export async function spaceOf(typed: string, options: ClientOptions): Promise<Space | undefined> {
  const reference = spaceReference(typed, hubEndpoint());
  if (!reference) return undefined;
  const space = new Space(reference, options);
  // The address of its own needs no Hub, unless its status is asked for.
  if (reference.space_id !== undefined || options.status_callback) await space.run();
  return space;
}
