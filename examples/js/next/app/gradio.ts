import { Client } from "gradlink";

// Next puts this module into several bundles, and `next dev` loads it anew at every change: what is kept once for the server
// process is kept at globalThis.
const kept = globalThis as { gradio?: Promise<Client> };

/** Connect when somebody first needs the app, not when Next builds; again if that failed. */
export function connect(): Promise<Client> {
  kept.gradio ??= Client.connect(process.env["GRADIO_URL"] ?? "http://127.0.0.1:7860").catch(
    (error: unknown) => {
      delete kept.gradio;
      throw error;
    },
  );
  return kept.gradio;
}
