import { AppError, Client, type GradioEvent } from "gradlink";
import { useEffect, useRef, useState } from "react";

// VITE_GRADIO_URL=https://... npm run build
const APP: string = import.meta.env.VITE_GRADIO_URL ?? "http://127.0.0.1:7860";

let connecting: Promise<Client> | undefined;

/** Connect once for all of the page; again if that failed. */
function connect(): Promise<Client> {
  connecting ??= Client.connect(APP).catch((error: unknown) => {
    connecting = undefined;
    throw error;
  });
  return connecting;
}

/** What a page shows of a job. */
export interface JobState {
  readonly stage: "idle" | "running" | "done" | "stopped" | "failed";
  /** What the app has written so far. */
  readonly text: string;
  /** How many are served before this job. */
  readonly before: number;
  readonly progress: { readonly label: string; readonly value: number | null; readonly max: number } | null;
  /** What the app says on the way. */
  readonly messages: readonly string[];
  readonly error: { readonly title: string; readonly message: string } | null;
}

const IDLE: JobState = { stage: "idle", text: "", before: 0, progress: null, messages: [], error: null };

/** Call an endpoint, one call at a time. A call that runs is cancelled, at the app too, when the component goes. */
export function useJob(endpoint: string) {
  const [state, setState] = useState(IDLE);
  const call = useRef<AbortController>(null);
  useEffect(() => () => call.current?.abort(), []);

  async function run(values: Record<string, unknown>): Promise<void> {
    call.current?.abort();
    const own = new AbortController();
    call.current = own;
    // What was aborted has nothing to show any more: its component is gone, or shows another call.
    const show = (change: (old: JobState) => JobState): void => {
      if (!own.signal.aborted) setState(change);
    };
    setState({ ...IDLE, stage: "running" });
    try {
      const client = await connect();
      const job = client.submit(endpoint, values, undefined, {
        signal: own.signal,
        events: ["data", "status", "log"],
      });
      for await (const event of job) show((old) => after(old, event));
      show((old) => ({ ...old, stage: "done", progress: null }));
    } catch (error) {
      show((old) => ({ ...old, stage: "failed", before: 0, progress: null, error: described(error) }));
    }
  }

  function stop(): void {
    call.current?.abort();
    setState((old) => ({ ...old, stage: "stopped", before: 0, progress: null }));
  }

  return { ...state, run, stop };
}

function after(old: JobState, event: GradioEvent): JobState {
  if (event.type === "data") return { ...old, text: String(event.data[0]), before: 0 };
  if (event.type === "log") {
    return { ...old, messages: [...old.messages, event.title ? `${event.title}: ${event.log}` : event.log] };
  }
  if (event.type !== "status") return old;
  const [bar] = event.progress_data ?? [];
  if (!bar) return { ...old, before: event.position ?? 0 };
  const label = [bar.desc, bar.index, bar.length && `of ${bar.length}`, bar.unit];
  const progress = {
    label: label.filter((word) => word !== null).join(" "),
    value: bar.length ? bar.index : bar.progress,
    max: bar.length ?? 1,
  };
  return { ...old, before: 0, progress };
}

/** What the app says to its users has a title of its own. */
function described(error: unknown): { title: string; message: string } {
  if (error instanceof AppError) return { title: error.title, message: error.message };
  return { title: "No answer", message: error instanceof Error ? error.message : String(error) };
}
