/**
 * One job on its own connection: the sockets of 3.x and the streams of 4.0 - 4.8.
 *
 * Wire: docs/protocol.md, "Join and stream". Vectors: calls.
 */

import { droppedSocket, unread, unsendable } from "../engine/failures.ts";
import { type GradlinkError, ResponseError, StreamLostError, TransportError } from "../errors.ts";
import { tooLarge } from "../protocol/bodies.ts";
import { streamError } from "../protocol/failures.ts";
import { decodeMessage, type Message } from "../protocol/messages.ts";
import { milliseconds } from "../protocol/policy.ts";
import { type Reply, replyError } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { Socket, SocketLimits } from "../types.ts";
import type { Connection } from "./connection.ts";
import { readEvents } from "./events.ts";
import { login } from "./login.ts";
import { prepareAlone } from "./sending.ts";
import type { Submission } from "./submission.ts";

type Body = Record<string, unknown>;

/** Send one job and read its messages until it has ended. */
export async function runOnOwnConnection(connection: Connection, job: Submission): Promise<void> {
  const { engine, channels } = connection;
  const session_hash = engine.beginAlone(job);
  if (session_hash === undefined) return;
  const channel = new Channel(connection, job);
  channels.set(job, () => channel.stop());
  let [error, isLost]: [GradlinkError | undefined, boolean] = [undefined, false];
  try {
    const body = await prepareAlone(connection, job, session_hash);
    if (body) await channel.run(body, session_hash);
  } catch (cause) {
    isLost =
      cause instanceof TransportError &&
      !(cause instanceof ResponseError) &&
      cause.execution !== "not started";
    error =
      isLost && !(cause instanceof StreamLostError)
        ? unread(cause, true)
        : unsendable(job.endpoint.title, cause);
  }
  channels.delete(job);
  connection.perform(engine.leftAlone(job, error, isLost));
}

class Channel {
  readonly #connection: Connection;
  readonly #job: Submission;
  readonly #controller: AbortController = new AbortController();

  constructor(connection: Connection, job: Submission) {
    this.#connection = connection;
    this.#job = job;
  }

  /** Give the job up: closing its connection is what cancels it. */
  stop(): void {
    this.#controller.abort();
  }

  async run(body: Body, session_hash: string): Promise<void> {
    const { http, schema } = this.#connection;
    for (let attempt = 0; ; attempt++) {
      const refusal = await (schema.dialect.websocket
        ? this.#overSocket(body)
        : this.#overStream(body, session_hash));
      if (!refusal) return;
      if ((refusal.status !== 401 && refusal.status !== 403) || attempt || !http.auth) {
        throw replyError(refusal, "the join");
      }
      await login(http);
    }
  }

  /** Read the job's stream and send its data when asked; return the answer if it is a refusal. */
  async #overStream(body: Body, session_hash: string): Promise<Reply | undefined> {
    const { http, routes, timeout } = this.#connection;
    const job = this.#job;
    const { headers } = job.options;
    const { signal } = this.#controller;
    let failure: unknown;
    const send = async (event_id: string | undefined) => {
      const url = `${routes.api}queue/data`;
      await http.post(url, { ...body, event_id }, "the data of the job", { headers, signal });
    };
    const take = (data: string) => {
      const message = this.#take(data);
      if (message.msg !== "send_data" || job.ended) return true;
      const { engine } = this.#connection;
      this.#connection.perform(engine.joinedAlone(job, message.event_id));
      send(message.event_id).catch((error: unknown) => {
        failure = error;
        this.stop();
      });
      return true;
    };
    const query = new URLSearchParams({ fn_index: `${body["fn_index"]}`, session_hash });
    try {
      return await readEvents(http, `${routes.api}queue/join?${query}`, {
        headers,
        take,
        signal,
        idle: timeout.idle,
      });
    } catch (error) {
      throw failure ?? error;
    }
  }

  /** Read the job's socket and answer it; return the answer to the handshake if it is a refusal. */
  async #overSocket(body: Body): Promise<Reply | undefined> {
    const { http, routes, owner } = this.#connection;
    const job = this.#job;
    const url = `${routes.base}queue/join`;
    const limits = { seconds: this.#connection.timeout.connect, bound: http.bounds.message };
    const { signal } = this.#controller;
    const { socket, refusal } = owner.platform
      ? await owner.platform.socket(
          url,
          owner.credentials(url, { ...http.headers, ...job.options.headers }),
          signal,
          limits,
        )
      : await openWebSocket(this.#connection.signed(url), limits);
    if (!socket) return refusal;
    // It may have been given up while the socket was opened.
    if (signal.aborted || job.ended || http.closed) {
      socket.close();
      return undefined;
    }
    const { fn_index, session_hash } = body;
    return await new Promise<undefined>((resolve, reject) => {
      // 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
      const end = (error?: unknown) => {
        this.#controller.signal.removeEventListener("abort", stop);
        socket.close();
        if (error === undefined) resolve(undefined);
        else reject(error);
      };
      const stop = () => end();
      this.#controller.signal.addEventListener("abort", stop);
      socket.onclose = (clean, error) => {
        if (error) end(error);
        else if (clean || job.ended || http.closed) end();
        else end(droppedSocket());
      };
      socket.onmessage = (text) => {
        try {
          const message = this.#take(text);
          if (message.msg === "send_hash") socket.send(JSON.stringify({ fn_index, session_hash }));
          if (job.ended) end();
          else if (message.msg === "send_data") socket.send(JSON.stringify(body));
        } catch (error) {
          end(error);
        }
      };
    });
  }

  #take(data: string): Message {
    const job = this.#job;
    const message = decodeMessage(data);
    if (message.msg === "unexpected_error") throw streamError(message);
    this.#connection.perform(this.#connection.engine.receivedAlone(job, message));
    return message;
  }
}

/** Open a socket where the platform has `WebSocket`, which sends neither headers nor says why it was refused. */
async function openWebSocket(
  url: string,
  { seconds, bound }: SocketLimits,
): Promise<{ socket?: Socket; refusal?: Reply }> {
  if (!globalThis.WebSocket)
    throw new TransportError("this runtime has no WebSocket, which apps of Gradio 3 need");
  const real = new WebSocket(url.replace(/^http/, "ws"));
  const socket: Socket = {
    onmessage: undefined,
    onclose: undefined,
    send: (text) => real.send(text),
    close: () => real.close(),
  };
  return await new Promise((resolve, reject) => {
    const fail = (why = "") => {
      clearTimeout(timer);
      const text = `no socket to ${withoutCredentials(url)}${why}`;
      reject(new TransportError(text, { execution: "not started" }));
    };
    const late = () => {
      fail(`: it took over ${seconds} s`);
      real.close();
    };
    const timer = seconds === null ? undefined : setTimeout(late, milliseconds(seconds));
    real.onopen = () => {
      clearTimeout(timer);
      resolve({ socket });
    };
    real.onerror = () => fail();
    real.onmessage = ({ data }) => {
      const text = String(data);
      // The platform has read it all by now: all that can be done is not to take it.
      if (text.length <= bound[1]) socket.onmessage?.(text);
      else socket.onclose?.(false, tooLarge(url, bound));
    };
    real.onclose = ({ wasClean }) => socket.onclose?.(wasClean);
  });
}
