/**
 * Reading the bodies of answers of any `fetch`: streams of the web, or of Node, which node-fetch gives.
 *
 * None of them may have as many bytes as it likes.
 */

import { AnswerTooLargeError } from "../errors.ts";
import type { ResponseLike } from "../types.ts";
import { type Bound, boundsOf } from "./policy.ts";
import type { Reply } from "./replies.ts";
import { withoutCredentials } from "./routes.ts";

/** What a body is read with. */
export interface Reader {
  read(): Promise<{ done?: boolean | undefined; value?: Uint8Array | undefined }>;
  cancel(reason?: unknown): Promise<unknown>;
}

/** Return what reads a body bit by bit, undefined if there is none, or it cannot be read so. */
export function readerOf(body: unknown): Reader | undefined {
  if (typeof body !== "object" || !body) return undefined;
  if ("getReader" in body) return (body as { getReader(): Reader }).getReader();
  if (!(Symbol.asyncIterator in body)) return undefined;
  const parts = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  // A generator that waits for a part only ends after it, a stream of Node at once.
  const cancel = async () => {
    (body as { destroy?(): void }).destroy?.();
    return await parts.return?.();
  };
  return { read: () => parts.next(), cancel };
}

/** Give a body up that nobody reads. */
export async function dropBody(body: unknown): Promise<void> {
  await readerOf(body)
    ?.cancel()
    .catch(() => {});
}

// What an error page says stands at its beginning.
const ERROR_PAGE_BYTES = 1 << 16;

/** Read an answer to its end, or the beginning of an error page; return also whether it was read to its end. */
export async function readReply(
  response: ResponseLike,
  url: string,
  bound: Bound = boundsOf().answer,
  reader?: Reader,
): Promise<[reply: Reply, isWhole: boolean]> {
  const { status, headers } = response;
  const [body, isWhole] = await readText(response, url, bound, reader);
  // Writing an address out takes longer than one would think.
  const reply = {
    status,
    headers,
    body,
    get url() {
      return response.url || url;
    },
  };
  return [reply, isWhole];
}

/** What is read of an answer. */
type Answer = Pick<ResponseLike, "ok" | "headers" | "body"> & Partial<Pick<ResponseLike, "text">>;

/**
 * Return the text of a body, and whether it was read to its end: of an error page the beginning is kept.
 *
 * Nothing is read beyond the bound; whoever made the request has to end the exchange then.
 *
 * @throws AnswerTooLargeError if the body has more bytes, after decoding, than the bound allows.
 */
export async function readText(
  response: Answer,
  url: string,
  bound: Bound,
  reader: Reader | undefined = readerOf(response.body),
): Promise<[text: string, isWhole: boolean]> {
  const limit = response.ok ? bound[1] : ERROR_PAGE_BYTES;
  if (!reader) return await wholeText(response, url, bound, limit);
  const held = new HeldBytes();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const bytes = part.value ?? new Uint8Array();
    const room = limit - held.size;
    if (bytes.length > room) {
      reader.cancel().catch(() => {});
      if (response.ok) throw tooLarge(url, bound);
      held.push(bytes.subarray(0, room));
      return [held.text(), false];
    }
    held.push(bytes);
  }
  return [held.text(), true];
}

// What is smaller is copied: as an object of its own it would take far more than it holds.
const SMALL_BYTES = 4096;
const JOINED_BYTES = 1 << 16;

/** What makes text of bytes: a `TextDecoder`. */
interface Letters {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

/**
 * Bytes that are kept until they are wanted as text.
 *
 * They are what bounds count: as text they may take twice as much, and as parts of one byte, which a server can send,
 * a hundred times as much.
 */
export class HeldBytes {
  size = 0;
  #parts: Uint8Array[] = [];
  /** What small parts are copied into. */
  #joined: Uint8Array = new Uint8Array();
  #used = 0;

  push(bytes: Uint8Array): void {
    // Most bodies come in one part.
    if (!this.size || bytes.length >= SMALL_BYTES) {
      this.#flush();
      this.#parts.push(bytes);
    } else {
      if (this.#used + bytes.length > this.#joined.length) {
        this.#flush();
        this.#joined = new Uint8Array(JOINED_BYTES);
      }
      this.#joined.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    this.size += bytes.length;
  }

  /** Return all that is held, as text, and hold nothing any more. */
  text(letters: Letters = new TextDecoder(), isEnd = true): string {
    this.#flush();
    let text = "";
    // What is text already need not be held as bytes as well.
    for (let part = this.#parts.shift(); part; part = this.#parts.shift())
      text += letters.decode(part, { stream: true });
    this.size = 0;
    return isEnd ? text + letters.decode() : text;
  }

  #flush(): void {
    if (this.#used) this.#parts.push(this.#joined.slice(0, this.#used));
    this.#used = 0;
  }
}

/** Read a body that cannot be read bit by bit: all that can be done is to look at what it says of itself. */
async function wholeText(
  response: Answer,
  url: string,
  bound: Bound,
  limit: number,
): Promise<[string, boolean]> {
  // An answer without a body, as to HEAD, may name the length of the one that it does not have.
  const size = response.body === null ? 0 : Number(response.headers.get("content-length"));
  if (response.ok && size > limit) throw tooLarge(url, bound);
  const text = size > limit ? "" : ((await response.text?.()) ?? "");
  if (response.ok && text.length > limit) throw tooLarge(url, bound);
  return [text.slice(0, limit), size <= limit];
}

/** Return the error for an answer that is larger than the client takes. */
export function tooLarge(url: string, [option, limit]: Bound): AnswerTooLargeError {
  const shown = withoutCredentials(url);
  const text = `${shown} answers with more than ${limit} bytes, the client takes no more (see its option ${option})`;
  return new AnswerTooLargeError(text, { url: shown, limit, option });
}
