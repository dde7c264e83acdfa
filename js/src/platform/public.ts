/** Requests to hosts that an app has named: never to this machine or a private network, whatever a name leads to. */

import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { FileError } from "../errors.ts";
import { isPrivateHost } from "../protocol/private-hosts.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { AbortSignalLike, RequestOptions, ResponseLike } from "../types.ts";

// Statuses whose answers have no body, which `Response` insists on.
const WITHOUT_BODY = [204, 205, 304];

/**
 * Ask for `url` at an address that was checked: `fetch` would look its name up a second time, and may get another one.
 *
 * Where the runtime sends requests through a proxy, the proxy looks names up, and decides.
 */
export async function fetchPublic(url: string, init: RequestOptions): Promise<ResponseLike> {
  if (usesProxy()) return (await globalThis.fetch(url, init as RequestInit)) as ResponseLike;
  const { request } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const dns = await import("node:dns");
  const decoders = await decodersOf();
  return await new Promise((resolve, reject) => {
    let refusal: FileError | undefined;
    const lookup: LookupFunction = (host, options, done) => {
      dns.lookup(host, { ...options, all: true }, (error, found = []) => {
        const hidden = found.find(({ address }) => isPrivateHost(address));
        if (hidden) refusal = leadsToPrivate(url, hidden.address);
        const [first] = found;
        if (refusal || error || !first) done(refusal ?? error ?? new Error("no address"), "");
        else if (options.all) done(null, found);
        else done(null, first.address, first.family);
      });
    };
    const { method = "GET", headers } = init;
    // A connection of the program's own may have been made to any address.
    const asked = request(url, {
      method,
      headers: { "accept-encoding": "identity", ...(headers as Record<string, string>) },
      lookup,
      agent: false,
    });
    const signal = init.signal as AbortSignalLike | undefined;
    const abort = () => asked.destroy(signal?.reason as Error);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    asked.on("close", () => signal?.removeEventListener("abort", abort));
    asked.on("error", (error) => reject(refusal ?? error));
    asked.on("response", (answer) => {
      try {
        resolve(decoders(answer));
      } catch (error) {
        asked.destroy(error as Error);
        reject(error);
      }
    });
    asked.end();
  });
}

/** Return what makes of an answer one as `fetch` gives it. */
async function decodersOf(): Promise<(answer: IncomingMessage) => ResponseLike> {
  const { pipeline, Readable } = await import("node:stream");
  const { createBrotliDecompress, createGunzip, createInflate } = await import("node:zlib");
  const known: Record<string, typeof createGunzip> = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress as typeof createGunzip,
  };
  return (answer) => {
    const status = answer.statusCode ?? 0;
    const headers = new Headers();
    const { rawHeaders } = answer;
    for (let index = 0; index < rawHeaders.length; index += 2)
      headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string);
    let body: NodeJS.ReadableStream & InstanceType<typeof Readable> = answer;
    const codings = (headers.get("content-encoding") ?? "").split(",").map((one) => one.trim().toLowerCase());
    for (const coding of codings.reverse()) {
      const decoder = known[coding]?.();
      // Whoever reads hears of what breaks.
      if (decoder) body = pipeline(body, decoder, () => {}) as never;
    }
    const stream = WITHOUT_BODY.includes(status)
      ? null
      : (Readable.toWeb(body) as ReadableStream<Uint8Array>);
    return new Response(stream as BodyInit | null, { status, headers }) as ResponseLike;
  };
}

/** Tell whether `fetch` of this program goes through a proxy, or another way that the program has chosen. */
function usesProxy(): boolean {
  const { env } = process;
  const named = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].some((name) => env[name]);
  const looksAtThem = "Deno" in globalThis || "Bun" in globalThis || !!env["NODE_USE_ENV_PROXY"];
  const dispatcher = (globalThis as Record<symbol, object | undefined>)[
    Symbol.for("undici.globalDispatcher.1")
  ];
  return (named && looksAtThem) || (dispatcher !== undefined && dispatcher.constructor.name !== "Agent");
}

function leadsToPrivate(url: string, address: string): FileError {
  const shown = withoutCredentials(url);
  const text = `${shown} leads to the private address ${address}, which is not fetched for an app`;
  return new FileError(text, { url: shown });
}
