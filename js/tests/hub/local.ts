// A Hub on this machine, whose Spaces are real Gradio apps, and an app that runs out of GPU time.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const top: string = fileURLToPath(new URL("../../..", import.meta.url));

/** A request as it arrived at the Hub, or at the address of a Space. */
export interface HubRequest {
  readonly to: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  readonly account: string | null;
  readonly status: number | null;
}

/** A Python program that prints its address and stops when its input ends. */
export class Program {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;

  constructor(url: string, child: ChildProcess, exited: Promise<void>) {
    this.url = url;
    this.#child = child;
    this.#exited = exited;
  }

  static async start(...words: string[]): Promise<Program> {
    const python = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;
    const env = { ...process.env, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
    const child = spawn(python, ["-m", ...words], { cwd: top, env, stdio: ["pipe", "pipe", "inherit"] });
    const exited = new Promise<void>((resolve, reject) => {
      child.once("exit", () => resolve());
      child.once("error", reject);
    });
    const first = (async () => {
      for await (const line of createInterface({ input: child.stdout })) return line.trim();
      throw new Error(`${words[0]} did not start`);
    })();
    const url = await Promise.race([first, exited.then(() => first)]);
    return new Program(url.replace(/\/$/, ""), child, exited);
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    this.#child.kill();
    await this.#exited;
  }
}

/** The Hub; its options are those of gradlink.testing.hub.LocalHub. */
export class LocalHub {
  readonly url: string;
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
    this.url = program.url;
  }

  static async start(): Promise<LocalHub> {
    return new LocalHub(await Program.start("gradlink.testing.hub", "--until-stdin-ends"));
  }

  /** Add a Space and return its address. */
  async addSpace(space_id: string, app_url: string, options: Record<string, unknown> = {}): Promise<string> {
    const { url } = (await this.#control("spaces", { space_id, app_url, ...options })) as { url: string };
    return url;
  }

  async addAccount(name: string, token: string, options: Record<string, unknown> = {}): Promise<void> {
    await this.#control("accounts", { name, token, ...options });
  }

  /** Answer the next requests in the Hub's stead. */
  async answerNext(status: number, options: Record<string, unknown> = {}): Promise<void> {
    await this.#control("answers", { status, ...options });
  }

  async play(space_id: string, stages: string[]): Promise<void> {
    await this.#control(`stages/${space_id}`, { stages });
  }

  async forget(): Promise<void> {
    await this.#control("forget", {});
  }

  /** Return the requests so far: those to the "hub", or to the address of a Space, or all. */
  async requests(to = ""): Promise<HubRequest[]> {
    const reply = await fetch(`${this.url}/_control/requests${to && `/${to}`}`);
    return (await reply.json()) as HubRequest[];
  }

  /** Return what was asked of the Hub, in order. */
  async asked(): Promise<string[]> {
    return (await this.requests("hub")).map(({ method, path }) => `${method} ${path}`);
  }

  /** Return what the Hub says, asked with a token. */
  async ask(path: string, token: string): Promise<Record<string, unknown>> {
    const reply = await fetch(this.url + path, { headers: { authorization: `Bearer ${token}` } });
    if (!reply.ok) throw new Error(`the Hub answered ${reply.status} to ${path}`);
    return (await reply.json()) as Record<string, unknown>;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async #control(what: string, options: object): Promise<unknown> {
    const body = JSON.stringify(options);
    const reply = await fetch(`${this.url}/_control/${what}`, { method: "POST", body });
    if (!reply.ok) throw new Error(`the Hub refused ${what}: ${await reply.text()}`);
    return await reply.json();
  }
}
