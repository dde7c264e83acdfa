/** A WebSocket for runtimes that have none, or none that sends headers: Gradio 3 wants its cookies in the handshake. */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TransportError } from "../errors.ts";
import type { Reply } from "../protocol/replies.ts";
import type { AbortSignalLike, Socket } from "../types.ts";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Ask for a socket at an http address; return it, or the answer if that is a refusal. */
export async function openSocket(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignalLike,
): Promise<{ socket?: Socket; refusal?: Reply }> {
  const { request } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const { randomBytes } = await import("node:crypto");
  const upgrade = {
    ...headers,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  };
  return await new Promise((resolve, reject) => {
    const asked = request(url, { headers: upgrade });
    const abort = () => asked.destroy();
    signal.addEventListener("abort", abort);
    asked.on("upgrade", (_: IncomingMessage, stream: Duplex, head: Buffer) => {
      signal.removeEventListener("abort", abort);
      resolve({ socket: new Frames(stream, head) });
    });
    asked.on("response", (answer: IncomingMessage) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const get = (name: string) => String(answer.headers[name] ?? "") || null;
        const body = Buffer.concat(parts).toString();
        resolve({ refusal: { status: answer.statusCode ?? 0, url, headers: { get }, body } });
      });
    });
    asked.on("error", (cause: Error) =>
      reject(
        new TransportError(`no socket to ${url}: ${cause.message}`, { cause, execution: "not started" }),
      ),
    );
    asked.end();
  });
}

/** The frames of RFC 6455, as far as a client that sends text needs them. */
class Frames implements Socket {
  onmessage: ((text: string) => void) | undefined;
  onclose: ((clean: boolean) => void) | undefined;
  private readonly stream: Duplex;
  private received: Buffer;
  private parts: Buffer[] = [];
  private clean = false;
  private ended = false;

  constructor(stream: Duplex, head: Buffer) {
    this.stream = stream;
    this.received = head;
    stream.on("data", (part: Buffer) => {
      this.received = Buffer.concat([this.received, part]);
      this.read();
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
    this.stream.end();
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
    for (let frame = this.next(); frame; frame = this.next()) {
      const { opcode, last, content } = frame;
      if (opcode === PING) this.write(PONG, content);
      else if (opcode === CLOSE) {
        this.clean = true;
        this.close();
        this.end();
      } else if (opcode <= TEXT) {
        this.parts.push(content);
        if (!last) continue;
        const text = Buffer.concat(this.parts).toString();
        this.parts = [];
        this.onmessage?.(text);
      }
    }
  }

  private next(): { opcode: number; last: boolean; content: Buffer } | undefined {
    const bytes = this.received;
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1) & 0x7f];
    const start = second < 126 ? 2 : second === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const size =
      start === 2 ? second : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + size) return undefined;
    this.received = bytes.subarray(start + size);
    return { opcode: first & 0xf, last: first >= 0x80, content: bytes.subarray(start, start + size) };
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.onclose?.(this.clean);
  }
}
