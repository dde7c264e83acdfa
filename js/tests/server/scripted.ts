// A server that says exactly what a test wants, where a real one would not: in Gradio 6's words.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that it got. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A job that joined the queue, and what the app may say about it. */
export class ScriptedJob {
  readonly id: string;
  readonly data: readonly unknown[];
  readonly session: string;
  readonly app: ScriptedApp;

  constructor(app: ScriptedApp, id: string, session: string, data: readonly unknown[]) {
    this.app = app;
    this.id = id;
    this.session = session;
    this.data = data;
  }

  /** Send a message about this job. */
  tell(msg: string, fields: Record<string, unknown> = {}): void {
    this.app.send(this.session, { msg, event_id: this.id, ...fields });
  }

  starts(): void {
    this.tell("process_starts", { eta: 0.1 });
  }

  /** Send a first whole value, or the edits that lead to the next one. */
  generates(data: unknown): void {
    this.tell("process_generating", { success: true, output: { data, is_generating: true } });
  }

  completes(...data: unknown[]): void {
    const output = { data, is_generating: false, duration: 0.1, average_duration: 0.1 };
    this.tell("process_completed", { success: true, output });
  }
}

/** The app: `play` is what it does with a job. */
export class ScriptedApp {
  readonly asked: Asked[] = [];
  /** What the app does when a job has joined; it may take its time. */
  play: (job: ScriptedJob) => void | Promise<void> = (job) => {
    job.starts();
    job.completes(...job.data);
    this.closeStream(job.session);
  };
  /** Overrides the answer to a path; return false to leave it to the app. */
  override: (asked: Asked, response: ServerResponse) => boolean | Promise<boolean> = () => false;
  /** Changes what /config says. */
  config: Record<string, unknown> = {};
  /** Whether the answer to a join is held back until this is over. */
  joining: Promise<void> = Promise.resolve();
  readonly #streams = new Map<string, ServerResponse>();
  readonly #forgotten = new Set<string>();
  readonly #waiting = new Map<string, string[]>();
  #server: Server | null = null;
  #jobs = 0;
  port = 0;

  static async start(port = 0): Promise<ScriptedApp> {
    const app = new ScriptedApp();
    await app.listen(port);
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async listen(port: number): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.#streams.clear();
  }

  /** Send a message to the stream of a session, now or when it is there. */
  send(session: string, message: unknown): void {
    this.sendRaw(session, `data: ${JSON.stringify(message)}\n\n`);
  }

  sendRaw(session: string, text: string): void {
    const stream = this.#streams.get(session);
    if (stream) stream.write(text);
    else this.#waiting.set(session, [...(this.#waiting.get(session) ?? []), text]);
  }

  /** Say that the stream is over, and end it. */
  closeStream(session: string): void {
    this.send(session, { msg: "close_stream", event_id: null });
    this.endStream(session);
  }

  /** End the stream of a session as if it were complete, without a word. */
  endStream(session: string): void {
    this.#streams.get(session)?.end();
    this.#streams.delete(session);
  }

  /** Know nothing of a session any more, and say so to who asks for its stream. */
  forget(session: string): void {
    this.#forgotten.add(session);
  }

  /** Return the paths that were asked for, each with its method, in order. */
  paths(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(String(request.url), this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked: Asked = {
      method: String(request.method),
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    this.asked.push(asked);
    if (await this.override(asked, response)) return;
    switch (`${asked.method} ${asked.path}`) {
      case "GET /config":
        return json(response, { ...CONFIG, root: this.url, ...this.config });
      case "GET /gradio_api/info":
        return json(response, INFO);
      case "POST /gradio_api/queue/join":
        return await this.#join(asked, response);
      case "GET /gradio_api/queue/data":
        return this.#stream(String(asked.query.get("session_hash")), response);
      case "POST /gradio_api/cancel":
      case "POST /gradio_api/reset":
        return json(response, { success: true });
      case "GET /gradio_api/app_id":
        return json(response, { app_id: CONFIG.app_id });
      default:
        response.writeHead(404, { "content-type": "application/json" }).end('{"detail":"Not Found"}');
    }
  }

  async #join(asked: Asked, response: ServerResponse): Promise<void> {
    const { data, session_hash: session } = JSON.parse(asked.body) as {
      data: unknown[];
      session_hash: string;
    };
    this.#jobs += 1;
    const job = new ScriptedJob(this, `event-${this.#jobs}`, session, data);
    await this.joining;
    json(response, { event_id: job.id });
    await this.play(job);
  }

  #stream(session: string, response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    if (this.#forgotten.delete(session)) {
      const message = {
        msg: "unexpected_error",
        message: "404: Not Found",
        success: false,
        session_not_found: true,
      };
      response.write(`data: ${JSON.stringify(message)}\n\n`, () => response.destroy());
      return;
    }
    this.#streams.set(session, response);
    response.once("close", () => {
      if (this.#streams.get(session) === response) this.#streams.delete(session);
    });
    const waiting = this.#waiting.get(session) ?? [];
    this.#waiting.delete(session);
    let over = false;
    for (const text of waiting) {
      response.write(text);
      over ||= text.includes('"close_stream"');
    }
    if (over) this.endStream(session);
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export const CONFIG = {
  version: "6.31.0",
  api_prefix: "/gradio_api",
  app_id: 7,
  mode: "blocks",
  protocol: "sse_v3",
  enable_queue: true,
  connect_heartbeat: false,
  is_space: false,
  space_id: null,
  components: [
    { id: 1, type: "textbox", props: { label: "in" }, skip_api: false },
    { id: 2, type: "textbox", props: { label: "out" }, skip_api: false },
  ],
  dependencies: [
    {
      id: 0,
      targets: [[3, "click"]],
      inputs: [1],
      outputs: [2],
      backend_fn: true,
      queue: true,
      api_name: "echo",
      api_visibility: "public",
      types: { generator: true, cancel: false },
      cancels: [],
      batch: false,
      show_api: true,
    },
    {
      // Jobs of two functions share a stream.
      id: 1,
      targets: [[3, "click"]],
      inputs: [1],
      outputs: [2],
      backend_fn: true,
      queue: true,
      api_name: "other",
      api_visibility: "undocumented",
      types: { generator: true, cancel: false },
      cancels: [],
      batch: false,
      show_api: false,
    },
  ],
};

const text = { type: "string" };
export const INFO = {
  named_endpoints: {
    "/echo": {
      parameters: [
        {
          label: "in",
          parameter_name: "text",
          parameter_has_default: false,
          parameter_default: null,
          type: text,
          python_type: { type: "str", description: "" },
          component: "Textbox",
          example_input: "Hello!!",
        },
      ],
      returns: [
        { label: "out", type: text, python_type: { type: "str", description: "" }, component: "Textbox" },
      ],
      api_visibility: "public",
    },
  },
  unnamed_endpoints: {},
};
