// The hostile server of tests/hostile, which both languages are tested with: see the interface there.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Launcher, top } from "./servers.ts";

/** A request that a hostile app got. */
export interface HostileAsked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which connection it came on. */
  readonly connection: number;
  /** Bytes of the answer that went out. */
  readonly sent: number;
  /** "answered", "left" when the client was gone first, null while it is being answered. */
  readonly ended: "answered" | "left" | null;
}

/** What an app is attacked with, and where. */
export interface HostileAttack {
  readonly name: string;
  readonly class: string;
  readonly at: "config" | "info" | "join" | "upload" | "run" | "file" | "stream";
  /** "connect", or the endpoint whose call meets the attack. */
  readonly met_by: string;
  /** What has to end it in the client: a limit of time, a bound of bytes, or nothing. */
  readonly ends_with: "limit" | "bound" | "nothing";
}

/** An answer that a script gives in the app's stead. */
export interface HostileReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_base64?: string;
}

/** What an app says; what is left out is as in the honest app. */
export interface HostileScript {
  readonly config?: unknown;
  readonly info?: unknown;
  readonly config_text?: string;
  readonly info_text?: string;
  /** Raw texts of a job's stream; EVENT_ID in them is replaced. */
  readonly messages?: readonly string[];
  /** The text of a job's process_completed, without "msg" and "event_id". */
  readonly end?: string;
  /** The close of the first job's stream and the next join cross each other. */
  readonly crossing?: boolean;
  /** By a part of the path; of a list each is given once, and the last for ever. */
  readonly replies?: Readonly<Record<string, HostileReply | readonly (HostileReply | null)[]>>;
}

function base(): string {
  const url = process.env["GRADLINK_HOSTILE"];
  if (!url) throw new Error("no hostile server: see tests/server/setup.ts");
  return url;
}

async function ask(path: string, init?: RequestInit): Promise<unknown> {
  const reply = await fetch(base() + path, init);
  if (!reply.ok) throw new Error(`the hostile server answered ${reply.status}: ${await reply.text()}`);
  return await reply.json();
}

/** The server that plays hostile apps; it runs while the tests do. */
export const hostile = {
  /** Return the address of an app: the name of an attack, as "slow-body@config", or "honest". */
  app: (name: string): string => `${base()}${name}/`,
  /** Return the address of an app that says exactly this. */
  script: async (script: HostileScript): Promise<string> => {
    const made = (await ask("scripts", { method: "POST", body: JSON.stringify(script) })) as { url: string };
    return made.url;
  },
  /** Return the requests that came to an app, named or by its address. */
  asked: async (app: string): Promise<HostileAsked[]> => {
    const name = app.replace(base(), "").replaceAll("/", "");
    return (await ask(`asked?app=${encodeURIComponent(name)}`)) as HostileAsked[];
  },
  attacks: async (): Promise<HostileAttack[]> => (await ask("attacks")) as HostileAttack[],
};

/** Start the process that plays hostile apps. */
export async function launchHostile(): Promise<Launcher> {
  const python = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;
  const child = spawn(python, ["-m", "tests.hostile"], { cwd: top, stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  const first = (async () => {
    for await (const line of createInterface({ input: child.stdout })) return line;
    throw new Error("the hostile server did not start");
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
