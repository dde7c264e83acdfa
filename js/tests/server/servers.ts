// Real Gradio servers for the tests: the same apps that the Python client is tested with.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The top of the repository. */
export const top: string = fileURLToPath(new URL("../../..", import.meta.url));

/** A request as it arrived at the server. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  readonly status: number | null;
  readonly ended: boolean;
}

/** A running server; what it can be asked stands in tests/apps/recorder.py. */
export class Server {
  readonly url: string;
  readonly origin: string;
  readonly caFile: string | null;

  constructor(url: string, caFile: string | null) {
    this.url = url;
    this.origin = new URL(url).origin;
    this.caFile = caFile;
  }

  /** Return the requests that arrived so far, without the first `since`. */
  async requests(since = 0): Promise<SeenRequest[]> {
    const all = (await this.#control("GET", "/_requests")) as SeenRequest[];
    return all.slice(since);
  }

  /** Return what was counted under `key`: "started", "ticked", "finished", "ended"; or of "METHOD /path". */
  async counts(key: string): Promise<Record<string, number>> {
    return (await this.#control("GET", "/_counts", { key })) as Record<string, number>;
  }

  /** Wait until `what` was counted `count` times under `key`. */
  async reach(key: string, what: string, count = 1): Promise<void> {
    await this.#control("GET", "/_reach", { key, what, count });
  }

  /** Let the functions that wait for `key` go on. */
  async openGate(key: string, times = 1): Promise<void> {
    await this.#control("POST", "/_open_gate", { key, times });
  }

  /** Make all logins invalid. */
  async logEverybodyOut(): Promise<void> {
    await this.#control("POST", "/_logout");
  }

  /** Break the connection of every response to `path` that is under way. */
  async cut(path: string): Promise<void> {
    await this.#control("POST", "/_cut", { path });
  }

  /** Answer the next `times` requests to `path` in the app's stead. */
  async answer(
    path: string,
    status: number,
    body = "",
    headers: Record<string, string> = {},
    times = 1,
  ): Promise<void> {
    const answer = JSON.stringify({ path, status, body, headers, times });
    await this.#control("POST", "/_answer", {}, answer);
  }

  async #control(
    method: string,
    path: string,
    query: Record<string, string | number> = {},
    body?: string,
  ): Promise<unknown> {
    const url = new URL(path, this.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const reply = await fetch(url, body === undefined ? { method } : { method, body });
    if (!reply.ok) throw new Error(`${method} ${url} answered ${reply.status}: ${await reply.text()}`);
    return await reply.json();
  }
}

/** A process that starts servers. */
export interface Launcher {
  readonly url: string;
  stop(): Promise<void>;
}

/** Start the process that starts servers. */
export async function launch(): Promise<Launcher> {
  const python = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;
  const child = spawn(python, ["-m", "tests.live.launcher"], {
    cwd: top,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  const first = (async () => {
    for await (const line of createInterface({ input: child.stdout })) return line;
    throw new Error("the servers of the tests did not start");
  })();
  const line = await Promise.race([first, exited.then(() => Promise.reject(new Error("no server starts")))]);
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** Return the server of that variant of tests/apps/everything.py, the same one every time. */
export async function server(variant = "base", launcher = process.env["GRADLINK_LAUNCHER"]): Promise<Server> {
  if (!launcher) throw new Error("no launcher of servers: see tests/server/setup.ts");
  // Test files that run beside each other have servers of their own: one cuts what the other streams.
  const instance = process.env["VITEST_POOL_ID"] ?? "0";
  const reply = await fetch(`${launcher}/${variant}/${instance}`);
  const found = (await reply.json()) as { url: string; caFile: string | null; error?: string };
  if (found.error !== undefined) throw new Error(found.error);
  return new Server(found.url, found.caFile);
}
