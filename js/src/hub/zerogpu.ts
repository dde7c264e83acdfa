/**
 * Whose GPU time a page's calls use: the Hub tells the pages that it frames.
 *
 * Wire: the page says `supports-zerogpu-headers` to the page around it, then asks it with `zerogpu-headers` and a port, on
 * which headers for the call come back.
 */

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
