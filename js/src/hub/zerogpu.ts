/** ZeroGPU: who a Space is asked as, and how much GPU time is left. */

import { ProtocolError } from "../errors.ts";
import type { ClientOptions, Quota } from "../types.ts";
import { Hub } from "./hub.ts";
import { DEFAULT_ENDPOINT } from "./names.ts";

// The page around is on the same machine; one that does not answer at once knows nothing of the question.
const PATIENCE_MS = 1000;

/** What is used of a frame's window; all of it is missing outside of pages. */
interface Frame {
  readonly self?: unknown;
  readonly parent?: { postMessage?(message: string, to: string, ports?: readonly unknown[]): void };
  readonly location?: {
    readonly hostname?: string;
    readonly ancestorOrigins?: { readonly [index: number]: string | undefined };
  };
}

/** Return the window of a page of a Space that the Hub may frame. */
function hubFrame(): Frame["parent"] {
  const { self, parent, location } = globalThis as Frame;
  if (!parent?.postMessage || parent === self || !location?.hostname?.endsWith(".hf.space")) return undefined;
  // Not all browsers tell who is around; what is sent goes to the Hub's pages only, whoever that is.
  const { ancestorOrigins } = location;
  return !ancestorOrigins || ancestorOrigins[0] === DEFAULT_ENDPOINT ? parent : undefined;
}

/** Asks the page of the Hub around this one for headers. */
export class ZeroGpu {
  #isDeaf = false;

  /** Return the headers that a call should have; none outside of a frame of the Hub. */
  async headers(): Promise<Record<string, string>> {
    const frame = this.#isDeaf ? undefined : hubFrame();
    if (!frame) return {};
    const { port1, port2 } = new MessageChannel();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const answer = await new Promise<unknown>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
      port1.onmessage = ({ data }: { data: unknown }) => resolve(data ?? {});
      frame.postMessage?.("supports-zerogpu-headers", DEFAULT_ENDPOINT);
      frame.postMessage?.("zerogpu-headers", DEFAULT_ENDPOINT, [port2]);
    });
    clearTimeout(timer);
    port1.close();
    this.#isDeaf = answer === undefined;
    const pairs = Object.entries((answer ?? {}) as Record<string, unknown>);
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  }
}

/**
 * Ask the Hub for the quota of the token's account.
 *
 * @throws HubAuthenticationError without a token that is good; HubError where the Hub has no route for it.
 */
export async function quotaOf(options: ClientOptions): Promise<Quota> {
  const hub = new Hub(options);
  const what = "the ZeroGPU quota";
  if (!hub.token) throw hub.requiresToken(what);
  const reply = await hub.ask("GET", `${hub.endpoint}/api/spaces/zero-gpu/quota`, what);
  const { base, current, resetsAt, overquotaUsed } = hub.checked(reply, what);
  if (typeof base !== "number" || typeof current !== "number") {
    throw new ProtocolError("the Hub's answer to the question about the quota has no numbers");
  }
  const moment = typeof resetsAt === "string" ? new Date(resetsAt) : undefined;
  return {
    base,
    left: current,
    resetsAt: moment && Number.isFinite(moment.getTime()) ? moment : undefined,
    overquotaUsed: typeof overquotaUsed === "number" ? overquotaUsed : undefined,
  };
}
