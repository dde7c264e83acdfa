// A server that answers as a recorded one did, for whole calls over real sockets.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { app, type Given } from "./cases.ts";

type Asked = [string] | [string, unknown];

/** What is answered, and what was asked. */
export class Replay {
  private readonly answers = new Map<string, Given[]>();
  private readonly counts = new Map<string, number>();
  private readonly asked: Asked[] = [];
  private readonly changed: (() => void)[] = [];

  constructor(given: Given) {
    const [config, info] = app(given.app);
    const prefix = String(config["api_prefix"] ?? "").replace(/^\/|\/$/g, "");
    this.answers.set("GET config", Array(9).fill({ status: 200, json: config }));
    const described = info ? { status: 200, json: info } : { status: 404, text: "" };
    this.answers.set(`GET ${prefix ? `${prefix}/` : ""}info`, Array(9).fill(described));
    for (const answer of given.answers) {
      this.answers.set(answer.to, [...(this.answers.get(answer.to) ?? []), answer]);
    }
  }

  /** The requests for the call itself, without an order: some are made side by side. */
  get calls(): Asked[] {
    const kept = this.asked.filter(([key]) => !/config|info|heartbeat\//.test(key));
    const text = (asked: Asked) => JSON.stringify(asked);
    return kept.sort((one, other) => (text(one) < text(other) ? -1 : 1));
  }

  /** Answer a request. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent((request.url ?? "").replace(/[?].*/, "")).replace(/^\/+/, "");
    const key = `${request.method} ${path}`;
    const body = request.method === "POST" ? await bodyOf(request) : undefined;
    this.asked.push(body === undefined ? [key] : [key, body]);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    for (const tell of this.changed.splice(0)) tell();
    const answer = this.answers.get(key)?.shift() ?? { status: 404, json: { detail: "Not Found" } };
    if (answer.events) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      for (const event of answer.events) {
        await this.wait(event.after ?? {});
        response.write(`data: ${JSON.stringify(event.json)}\n\n`);
      }
      response.end();
      return;
    }
    response.writeHead(answer.status ?? 200, answer.headers ?? {});
    if (answer.base64) response.end(Buffer.from(answer.base64, "base64"));
    else response.end("json" in answer ? JSON.stringify(answer.json) : (answer.text ?? ""));
  }

  /** Wait until these requests have come so often. */
  private async wait(after: Record<string, number>): Promise<void> {
    const missing = () => Object.entries(after).some(([key, count]) => (this.counts.get(key) ?? 0) < count);
    while (missing()) await new Promise<void>((resolve) => this.changed.push(resolve));
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const kind = request.headers["content-type"] ?? "";
  if (kind.startsWith("multipart/"))
    return { files: [...body.matchAll(/filename="([^"]*)"/g)].map(([, name]) => name) };
  if (!kind.startsWith("application/json")) return {};
  // Without what is null anyway, and with a session that is not the client's choice.
  const sent = Object.entries(JSON.parse(body)).filter(([, value]) => value !== null);
  const kept = Object.fromEntries(sent);
  return "session_hash" in kept ? { ...kept, session_hash: "SESSION1" } : kept;
}

/** Run a server for one case. */
export async function replaying<T>(
  given: Given,
  use: (url: string, replay: Replay) => Promise<T>,
): Promise<T> {
  const replay = new Replay(given);
  const server = createServer((request, response) => void replay.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, replay);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
