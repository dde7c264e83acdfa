/**
 * Keeps an app's session alive with a heartbeat, for apps that have State or unload events.
 *
 * Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes, the server treats the session as gone.
 */

import type { HeartbeatPolicy } from "../engine/streams.ts";
import { pause } from "../protocol/retry.ts";
import { encoded } from "../protocol/routes.ts";
import type { Connection } from "./connection.ts";
import { readEvents } from "./events.ts";

/** Reads the heartbeat of the client's own session. */
export class Heartbeat {
  readonly #connection: Connection;
  readonly #policy: HeartbeatPolicy;
  #controller: AbortController | undefined;

  constructor(connection: Connection, policy: HeartbeatPolicy) {
    this.#connection = connection;
    this.#policy = policy;
    // It is no reason to fail a call, whatever breaks it.
    this.#run().catch(() => {});
  }

  /** Go on with the session that is the client's own now. */
  renew(): void {
    this.#controller?.abort();
  }

  async #run(): Promise<void> {
    const [connection, policy] = [this.#connection, this.#policy];
    const { http, routes } = connection;
    while (!http.closed && !policy.gone) {
      this.#controller = new AbortController();
      const { signal } = this.#controller;
      const take = () => {
        policy.heard = true;
        return true;
      };
      const url = connection.signed(`${routes.api}heartbeat/${encoded(policy.begin())}`);
      // It is no reason to fail a call: whatever breaks it, it is asked for again.
      const refusal = await readEvents(http, url, { take, signal }).catch(() => undefined);
      policy.gone = refusal?.status === 404;
      const longest = policy.pause();
      // A new session wants its own at once.
      await pause(longest / 2, longest, signal, http);
    }
  }
}
