/**
 * Keeps an app's session alive with a heartbeat, for apps that have State or unload events.
 *
 * Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes, the server treats the session as gone.
 */

import { pause } from "../protocol/retry.ts";
import { encoded } from "../protocol/routes.ts";
import type { Connection } from "./connection.ts";
import { readEvents } from "./events.ts";

const LONGEST_PAUSE_SECONDS = 60;

/** Reads the heartbeat of the client's own session. */
export class Heartbeat {
  readonly #connection: Connection;
  #controller: AbortController | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    // It is no reason to fail a call, whatever breaks it.
    this.#run().catch(() => {});
  }

  /** Go on with the session that is the client's own now. */
  renew(): void {
    this.#controller?.abort();
  }

  async #run(): Promise<void> {
    const connection = this.#connection;
    const { http, routes } = connection;
    for (let longest = 1; !http.closed; ) {
      const { session_hash } = connection.session;
      let heard = false;
      this.#controller = new AbortController();
      const { signal } = this.#controller;
      const take = () => {
        heard = true;
        return true;
      };
      const url = connection.signed(`${routes.api}heartbeat/${encoded(session_hash)}`);
      // It is no reason to fail a call: whatever breaks it, it is asked for again.
      const refusal = await readEvents(http, url, { take, signal }).catch(() => undefined);
      if (refusal?.status === 404) return;
      if (session_hash !== connection.session.session_hash) continue;
      longest = heard ? 1 : Math.min(2 * longest, LONGEST_PAUSE_SECONDS);
      // A new session wants its own at once.
      await pause(longest / 2, longest, signal, http);
    }
  }
}
