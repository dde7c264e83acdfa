/** What the sessions of a scripted app are told, over streams that come and go. */

import type { JsonObject } from "../protocol/jsonvalue.ts";
import { onAbort } from "../protocol/signals.ts";
import type { AbortSignalLike } from "../types.ts";

/** A stream of events, which whoever reads it may leave. */
export class EventBody {
  readonly body: ReadableStream<Uint8Array>;
  /** Called when it is left before it has ended. */
  onLeft: (() => void) | undefined;
  readonly #forget: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isOver = false;

  /** @param signal ends it from outside. */
  constructor(signal?: AbortSignalLike | null) {
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => this.#leave(),
    });
    this.#forget = onAbort(signal, () => {
      if (!this.#isOver) this.#controller.error(signal?.reason);
      this.#leave();
    });
  }

  /** Send the data of an event. */
  send(data: string): void {
    if (!this.#isOver) this.#controller.enqueue(new TextEncoder().encode(`data: ${data}\n\n`));
  }

  /** End it; what was sent can still be read. */
  end(): void {
    if (this.#over()) this.#controller.close();
  }

  /** Break it off. */
  breakOff(error: unknown): void {
    if (this.#over()) this.#controller.error(error);
  }

  #leave(): void {
    if (this.#over()) this.onLeft?.();
  }

  #over(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#forget();
    return true;
  }
}

/** A job. */
interface Stoppable {
  /** Stop it; it tells nothing any more. */
  stop(): void;
}

interface Session {
  stream: EventBody | undefined;
  readonly waiting: string[];
  readonly jobs: Map<string, Stoppable>;
}

const NOT_FOUND = {
  msg: "unexpected_error",
  event_id: null,
  message: "404: Not Found",
  session_not_found: true,
  success: false,
};

/** The sessions of one app. */
export class Sessions {
  readonly #sessions: Map<string, Session> = new Map();

  /** Take a job in. */
  join(hash: string, eventId: string, job: Stoppable): void {
    let session = this.#sessions.get(hash);
    if (!session) {
      session = { stream: undefined, waiting: [], jobs: new Map() };
      this.#sessions.set(hash, session);
    }
    session.jobs.set(eventId, job);
  }

  /** Tell something of a job; return whether it is still there. */
  tell(hash: string, eventId: string, message: JsonObject): boolean {
    const session = this.#sessions.get(hash);
    if (!session?.jobs.has(eventId)) return false;
    const data = JSON.stringify({ event_id: eventId, ...message });
    if (session.stream) session.stream.send(data);
    else session.waiting.push(data);
    return true;
  }

  /** Tell the last thing of a job; return whether it was still there. */
  end(hash: string, eventId: string, message: JsonObject): boolean {
    if (!this.tell(hash, eventId, message)) return false;
    const session = this.#sessions.get(hash) as Session;
    session.jobs.delete(eventId);
    closeIdle(session);
    return true;
  }

  /** Stop a job, if it is there, and tell `message` of it. */
  cancel(hash: string, eventId: string, message: JsonObject): void {
    const job = this.#sessions.get(hash)?.jobs.get(eventId);
    if (!job) return;
    this.end(hash, eventId, message);
    job.stop();
  }

  /** Send what the session is told over `stream` from now on. */
  read(hash: string, stream: EventBody): void {
    const session = this.#sessions.get(hash);
    if (!session) {
      stream.send(JSON.stringify(NOT_FOUND));
      stream.end();
      return;
    }
    session.stream = stream;
    stream.onLeft = () => this.#left(hash, stream);
    const told = session.waiting.splice(0);
    for (const data of told) stream.send(data);
    if (told.length) closeIdle(session);
  }

  /** Stop all jobs, and end all streams. */
  close(): void {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) {
      stopAll(session);
      session.stream?.breakOff(new TypeError("the app was closed"));
    }
  }

  /** Lose the jobs of a session whose stream was left, as Gradio does. */
  #left(hash: string, stream: EventBody): void {
    const session = this.#sessions.get(hash);
    if (session?.stream !== stream) return;
    this.#sessions.delete(hash);
    stopAll(session);
  }
}

function closeIdle(session: Session): void {
  const { jobs, stream } = session;
  if (jobs.size || !stream) return;
  stream.send(JSON.stringify({ msg: "close_stream", event_id: null }));
  stream.end();
  session.stream = undefined;
}

function stopAll({ jobs }: Session): void {
  for (const job of [...jobs.values()]) job.stop();
}
