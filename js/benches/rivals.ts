// Who is measured: gradlink, the existing client, and the least that a program by hand can do.

/** One of them, connected. */
export interface Rival {
  predict(text: string): Promise<unknown>;
  /** Return how many values came, and the last one. */
  stream(text: string): Promise<[number, unknown]>;
  close(): unknown;
}

/** What both packages have in common. */
interface Package {
  Client: { connect(url: string): Promise<ConnectedClient> };
}

interface ConnectedClient {
  predict(endpoint: string, data: unknown[]): Promise<{ data: unknown[] }>;
  submit(endpoint: string, data: unknown[]): AsyncIterable<{ type: string; data?: unknown }>;
  close(): unknown;
}

async function packaged(loaded: Package, url: string): Promise<Rival> {
  const client = await loaded.Client.connect(url);
  return {
    predict: async (text) => (await client.predict("/echo", [text])).data[0],
    stream: async (text) => {
      let count = 0;
      let last: unknown;
      for await (const event of client.submit("/echo", [text])) {
        if (event.type !== "data") continue;
        count += 1;
        last = (event.data as unknown[])[0];
      }
      return [count, last];
    },
    close: () => client.close(),
  };
}

interface Message {
  readonly msg: string;
  readonly event_id?: string;
  readonly output: { readonly data: [unknown] };
}

/** By hand: one session, whose stream is kept as long as the server keeps it; no errors, no files, nothing else. */
class ByHand implements Rival {
  readonly #base: string;
  readonly #fn: number;
  readonly #session: string = Math.random().toString(36).slice(2);
  readonly #waiting: Map<string, (message: Message) => void> = new Map();
  readonly #early: Map<string, Message[]> = new Map();
  readonly #controller: AbortController = new AbortController();
  #open = false;

  constructor(base: string, fn: number) {
    this.#base = base;
    this.#fn = fn;
  }

  static async connect(url: string): Promise<ByHand> {
    const base = url.replace(/\/$/, "");
    const [config] = (await Promise.all([
      fetch(`${base}/config`).then((reply) => reply.json()),
      fetch(`${base}/gradio_api/info`).then((reply) => reply.json()),
    ])) as [{ dependencies: { id: number; api_name: string }[] }, unknown];
    const echo = config.dependencies.find(({ api_name }) => api_name === "echo");
    return new ByHand(`${base}/gradio_api`, echo?.id ?? 0);
  }

  async predict(text: string): Promise<unknown> {
    return await new Promise((resolve, reject) => {
      this.#send(text, (message) => {
        if (message.msg === "process_completed") resolve(message.output.data[0]);
      }).catch(reject);
    });
  }

  async stream(text: string): Promise<[number, unknown]> {
    let count = 0;
    let value = "";
    return await new Promise((resolve, reject) => {
      this.#send(text, (message) => {
        if (message.msg === "process_completed") return resolve([count, value]);
        if (message.msg !== "process_generating") return;
        count += 1;
        const [change] = message.output.data;
        value = typeof change === "string" ? change : value + (change as [[string, [], string]])[0][2];
      }).catch(reject);
    });
  }

  close(): void {
    this.#controller.abort();
  }

  async #send(text: string, receive: (message: Message) => void): Promise<void> {
    const reply = await fetch(`${this.#base}/queue/join`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: [text], fn_index: this.#fn, session_hash: this.#session }),
    });
    const { event_id: id } = (await reply.json()) as { event_id: string };
    this.#waiting.set(id, receive);
    for (const message of this.#early.get(id) ?? []) receive(message);
    this.#early.delete(id);
    if (!this.#open) {
      this.#open = true;
      this.#read().catch(() => {
        this.#open = false;
      });
    }
  }

  async #read(): Promise<void> {
    const url = `${this.#base}/queue/data?session_hash=${this.#session}`;
    const { body } = await fetch(url, { signal: this.#controller.signal });
    let rest = "";
    for await (const text of (body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
      new TextDecoderStream(),
    )) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data:")) this.#route(JSON.parse(line.slice(5)));
    }
    this.#open = false;
  }

  #route(message: Message): void {
    const id = message.event_id;
    if (!id) {
      if (message.msg === "close_stream") this.#open = false;
      return;
    }
    const receive = this.#waiting.get(id);
    if (receive) receive(message);
    else this.#early.set(id, [...(this.#early.get(id) ?? []), message]);
    if (message.msg === "process_completed") this.#waiting.delete(id);
  }
}

/** The `dist` of another commit, built there, to be measured in the same run. */
const BEFORE: string | undefined = process.env["GRADLINK_BENCH_BEFORE"];

async function imported(name: string, url: string): Promise<Rival> {
  return packaged((await import(name)) as Package, url);
}

/** All of them, by name. */
export const RIVALS: Readonly<Record<string, (url: string) => Promise<Rival>>> = {
  "by hand": (url) => ByHand.connect(url),
  gradlink: (url) => imported("../dist/index.node.js", url),
  ...(BEFORE && { "gradlink before": (url: string) => imported(`${BEFORE}/index.node.js`, url) }),
  "@gradio/client": (url) => imported("@gradio/client", url),
};
