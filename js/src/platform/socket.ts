/** A WebSocket for runtimes that have none, or none that sends headers: Gradio 3 wants its cookies in the handshake. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type GradlinkError, TransportError } from "../errors.ts";
import { readText, tooLarge } from "../protocol/bodies.ts";
import { type Bound, milliseconds } from "../protocol/policy.ts";
import type { Reply } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { AbortSignalLike, Socket, SocketLimits } from "../types.ts";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Ask for a socket at an http address; return it, or the answer if that is a refusal. */
export async function openSocket(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignalLike,
  { seconds, bound }: SocketLimits,
): Promise<{ socket?: Socket; refusal?: Reply }> {
  const { request } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const { randomBytes } = await import("node:crypto");
  const { Readable } = await import("node:stream");
  const upgrade = {
    ...headers,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  };
  return await new Promise((resolve, reject) => {
    const asked = request(url, { headers: upgrade });
    const fail = (cause: Error) => {
      over();
      const text = `no socket to ${withoutCredentials(url)}: ${cause.message}`;
      reject(new TransportError(text, { cause, execution: "not started" }));
      asked.destroy();
    };
    const abort = () => fail(new Error("it is not wanted any more"));
    const late = () => fail(new Error(`it took over ${seconds} s`));
    const timer = seconds === null ? undefined : setTimeout(late, milliseconds(seconds));
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    signal.addEventListener("abort", abort);
    asked.on("upgrade", (_: IncomingMessage, stream: Duplex, head: Buffer) => {
      over();
      resolve({ socket: new Frames(stream, head, url, bound) });
    });
    asked.on("response", (answer: IncomingMessage) => {
      const get = (name: string) => String(answer.headers[name] ?? "") || null;
      const response = { ok: false, headers: { get }, body: Readable.toWeb(answer) };
      readText(response, url, ["max_answer", 0]).then(([body, isWhole]) => {
        over();
        resolve({ refusal: { status: answer.statusCode ?? 0, url, headers: { get }, body } });
        if (!isWhole) asked.destroy();
      }, fail);
    });
    asked.on("error", fail);
    asked.end();
  });
}

/** The frames of RFC 6455, as far as a client that sends text needs them. */
class Frames implements Socket {
  onmessage: ((text: string) => void) | undefined;
  onclose: ((clean: boolean, error?: GradlinkError) => void) | undefined;
  private readonly stream: Duplex;
  private readonly url: string;
  private readonly bound: Bound;
  /** What has come and makes no frame yet, and how many bytes it takes for one. */
  private pieces: Buffer[];
  private received: number;
  private needed = 0;
  /** Frames of a message that is not complete yet. */
  private parts: Buffer[] = [];
  private held = 0;
  private clean = false;
  private ended = false;

  constructor(stream: Duplex, head: Buffer, url: string, bound: Bound) {
    this.stream = stream;
    this.url = url;
    this.bound = bound;
    this.pieces = [head];
    this.received = head.length;
    stream.on("data", (part: Buffer) => {
      this.pieces.push(part);
      this.received += part.length;
      if (this.received >= this.needed) this.read();
    });
    stream.on("error", () => this.end());
    stream.on("close", () => this.end());
    stream.on("end", () => this.end());
    // What came with the handshake is read when there is somebody to hear it.
    setImmediate(() => this.read());
  }

  send(text: string): void {
    this.write(TEXT, Buffer.from(text));
  }

  close(): void {
    if (!this.ended) this.write(CLOSE, Buffer.from([3, 232]));
    // A server that does not close its end would keep the connection, and the process, for ever.
    const { stream } = this;
    stream.end(() => stream.destroy());
  }

  private write(opcode: number, content: Buffer): void {
    const size = content.length;
    const long = size < 126 ? 0 : size < 65536 ? 2 : 8;
    const head = Buffer.alloc(2 + long);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | (long === 0 ? size : long === 2 ? 126 : 127);
    if (long === 2) head.writeUInt16BE(size, 2);
    if (long === 8) head.writeBigUInt64BE(BigInt(size), 2);
    // The mask protects proxies from what a page sends; a mask of zeros changes nothing.
    if (!this.stream.destroyed) this.stream.write(Buffer.concat([head, Buffer.alloc(4), content]));
  }

  private read(): void {
    let bytes: Buffer = Buffer.concat(this.pieces);
    for (let frame = this.next(bytes); frame; frame = this.next(bytes)) {
      const { opcode, last, content } = frame;
      bytes = frame.rest;
      if (opcode === PING) this.write(PONG, content);
      else if (opcode === CLOSE) {
        this.clean = true;
        this.close();
        this.end();
      } else if (opcode <= TEXT) {
        if (content.length) this.parts.push(content);
        this.held += content.length;
        if (!last) continue;
        const text = Buffer.concat(this.parts).toString();
        this.parts = [];
        this.held = 0;
        this.onmessage?.(text);
      }
    }
    this.pieces = [bytes];
    this.received = bytes.length;
  }

  private next(bytes: Buffer): { opcode: number; last: boolean; content: Buffer; rest: Buffer } | undefined {
    this.needed = bytes.length + 1;
    if (this.ended || bytes.length < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1) & 0x7f];
    const start = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const size =
      start === 2 ? second : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (this.held + size > this.bound[1]) {
      this.end(tooLarge(this.url, this.bound));
      this.stream.destroy();
      return undefined;
    }
    this.needed = start + size;
    if (bytes.length < this.needed) return undefined;
    const content = bytes.subarray(start, this.needed);
    return { opcode: first & 0xf, last: first >= 0x80, content, rest: bytes.subarray(this.needed) };
  }

  private end(error?: GradlinkError): void {
    if (this.ended) return;
    this.ended = true;
    this.onclose?.(this.clean, error);
  }
}
