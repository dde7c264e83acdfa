// The demo app, which the pages of the documentation call, in a process of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { top } from "./servers.ts";

/** The running app. */
export class Demo {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(): Promise<Demo> {
    const folder = mkdtempSync(join(tmpdir(), "gradlink-demo-"));
    const python = process.env["GRADLINK_PYTHON"] ?? `${top}.venv/bin/python`;
    const env = {
      ...process.env,
      TMPDIR: folder,
      GRADIO_TEMP_DIR: folder,
      GRADIO_SERVER_PORT: String(await freePort()),
    };
    const child = spawn(python, ["demo/app.py"], { cwd: top, env, stdio: ["ignore", "pipe", "inherit"] });
    try {
      const { url } = JSON.parse(await firstLine(child)) as { url: string };
      return new Demo(url.replace(/\/$/, ""), child, folder);
    } catch (error) {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    if (this.#child.exitCode === null && this.#child.kill()) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`the demo app ended with ${code}`)));
  });
  const read = async (): Promise<string> => {
    if (child.stdout) for await (const line of createInterface({ input: child.stdout })) return line;
    return await failed;
  };
  return await Promise.race([read(), failed]);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
