// What the tests of Spaces share: a Hub where two people have accounts, and nothing of this machine's own tokens.

import { Client, type ClientOptions } from "gradlink";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { LocalHub } from "./local.ts";

const clients: Client[] = [];
const state: { hub?: LocalHub } = {};

/** Return the Hub of this file. */
export function hub(): LocalHub {
  if (!state.hub) throw new Error("useHub() was not called");
  return state.hub;
}

/** Give the tests of a file a Hub. */
export function useHub(): void {
  beforeAll(async () => {
    state.hub = await LocalHub.start();
    await state.hub.addAccount("me", "hf_me", { organisations: ["team"] });
    await state.hub.addAccount("other", "hf_other");
  });
  beforeEach(async () => {
    vi.stubEnv("HF_ENDPOINT", hub().url);
    vi.stubEnv("HF_TOKEN", undefined);
    vi.stubEnv("HUGGING_FACE_HUB_TOKEN", undefined);
    await hub().forget();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    for (const client of clients.splice(0)) await client.close();
  });
  afterAll(async () => {
    await state.hub?.stop();
  });
}

let unique = 0;

/** Return the name of a Space that nobody else has. */
export function newName(owner = "me"): string {
  unique += 1;
  return `${owner}/app${unique}`;
}

/** Connect; the client is closed after the test. */
export async function connect(
  app: string,
  options: ClientOptions = {},
  Kind: typeof Client = Client,
): Promise<Client> {
  const client = await Kind.connect(app, options);
  clients.push(client);
  return client;
}

/** Copy a Space; the client of the copy is closed after the test. */
export async function duplicate(
  app: string,
  options: Parameters<typeof Client.duplicate>[1],
): Promise<Client> {
  const client = await Client.duplicate(app, options);
  clients.push(client);
  return client;
}

/** Return the error that something has to fail with. */
export async function failureOf(doing: () => Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await doing();
  } catch (error) {
    if (error instanceof Error) return error as Error & Record<string, unknown>;
    throw new Error(`it failed with ${String(error)}, which is not an Error`);
  }
  throw new Error("it did not fail");
}
