/** Requests to one app: with its login, and again while that may help. */

import type { JsonValue } from "../protocol/jsonvalue.ts";
import { type Bounds, isPassing, type Retries } from "../protocol/policy.ts";
import { type Reply, replyError, replyJson } from "../protocol/replies.ts";
import { MAY_REPEAT, type Repeatable, retried } from "../protocol/retry.ts";
import type { AbortSignalLike, FetchLike, Logger } from "../types.ts";
import { Exchanges, type Request } from "./exchange.ts";
import { againWithLogin } from "./login.ts";

/** Requests to one app. */
export class Http extends Exchanges {
  /** The app's login. */
  readonly auth: readonly [string, string] | null | undefined;

  /** @param fetch reads the client's own `fetch` at each call, which a subclass may have replaced. */
  constructor(
    base: string,
    fetch: FetchLike,
    headers: Record<string, string>,
    auth: readonly [string, string] | null | undefined,
    seconds: number | null,
    bounds?: Bounds,
    logger?: Logger | null,
  ) {
    super(base, fetch, headers, seconds, bounds, logger);
    this.auth = auth;
  }

  /** Perform a request; on a 401 log in again once, if there is a login, and repeat it. */
  async exchange(url: string, request: Request = {}): Promise<Reply> {
    const reply = await this.reply(url, request);
    if (reply.status !== 401 || !this.auth) return reply;
    return await againWithLogin(this, url, request);
  }

  /** Send a value as JSON and return that of the answer; throws what the answer means if it is not good. */
  async post(url: string, body: unknown, what: string, more?: Request): Promise<JsonValue> {
    return replyJson(await this.exchange(url, { method: "POST", body, ...more }), what);
  }

  /**
   * Perform a request that changes nothing, again after a pause while that may help.
   *
   * The reply is good, or one that a repetition does not change.
   */
  read(url: string, retries: Retries, what: string, request: Request = {}): Promise<Reply> {
    const once = async () => {
      const reply = await this.exchange(url, request);
      if (isPassing(reply.status)) throw replyError(reply, what);
      return reply;
    };
    return this.retrying(retries, once, "reading", () => request.signal);
  }

  /**
   * Return the result of `make()`, made again while `retries` and `which` allow it.
   *
   * The error that is thrown at last says in `attempts` how often it was tried.
   */
  retrying<T>(
    retries: Retries,
    make: () => Promise<T>,
    which: Repeatable = "harmful",
    signal?: () => AbortSignalLike | null | undefined,
  ): Promise<T> {
    return retried({ retries, make, may: MAY_REPEAT[which], signal, owner: this });
  }
}
