/** What is sent for jobs: joins, direct calls, further input, cancels. */

import type { ResetAlone, SendCancel } from "../engine/effects.ts";
import { unsendable } from "../engine/failures.ts";
import { GradlinkError, withFacts } from "../errors.ts";
import { asObject, type JsonValue } from "../protocol/jsonvalue.ts";
import { bodyOf, hintOf } from "../protocol/payload.ts";
import { plainCopy } from "../protocol/plain.ts";
import { longestPause } from "../protocol/policy.ts";
import { eventIdOf, runOutput } from "../protocol/replies.ts";
import { pause } from "../protocol/retry.ts";
import type { SessionRouter } from "../protocol/router.ts";
import { encoded } from "../protocol/routes.ts";
import type { Connection } from "./connection.ts";
import type { Request } from "./exchange.ts";
import { checkRestart } from "./restart.ts";
import type { Submission } from "./submission.ts";
import { now, Pace } from "./timeouts.ts";
import { sendFilesOf } from "./uploads.ts";

// A server that has not answered the join of a cancelled job by then will not do so.
const LATE_JOIN_SECONDS = 60;

/** Upload the job's files and return its data; see first whether the app is still the same. */
async function prepare(connection: Connection, job: Submission): Promise<JsonValue[]> {
  const { engine, owner } = connection;
  if (engine.doubtsApp(now())) await checkRestart(connection, job);
  if (owner.space) await owner.space.lend(job.options.headers);
  const { call } = job;
  if (!call.uploads.length) return call.data;
  if (!job.sentData) {
    connection.perform(engine.uploading(job));
    job.sentData = await sendFilesOf(connection, job);
  }
  return job.sentData;
}

/**
 * Upload the job's files and put it into the app's queue.
 *
 * Wire: POST /queue/join (since 4.9). Its answer is waited for when the job was cancelled, too, since only that names what
 * is to be cancelled: a job that was accepted and is never cancelled would run on, and keep others of its function waiting.
 */
export async function join(
  connection: Connection,
  job: Submission,
  session: SessionRouter<Submission>,
): Promise<void> {
  const { engine, http } = connection;
  const { headers, retries } = job.options;
  try {
    const data = await prepare(connection, job);
    // From here until it is sent nothing may be waited for: whoever cancels it meanwhile would hear that it was not.
    const [isSent, effects] = engine.joining(job, session);
    connection.perform(effects);
    if (!isSent) return;
    const body = connection.bodyOf(job, data, session.session_hash);
    let late: ReturnType<typeof setTimeout> | undefined;
    const begun = (end: () => void) => {
      job.onEnd = () => {
        late = setTimeout(end, LATE_JOIN_SECONDS * 1000);
      };
      return () => {
        job.onEnd = undefined;
        clearTimeout(late);
      };
    };
    const request = { method: "POST", body, headers, begun, wanted: () => !job.ended };
    const once = async () => eventIdOf(await http.exchange(`${connection.routes.api}queue/join`, request));
    const event_id = await http.retrying(retries, once, undefined, () => job.signal);
    connection.perform(engine.joined(job, session, event_id, now()));
  } catch (error) {
    connection.perform(engine.joinFailed(job, session, unsendable(job.endpoint.title, error)));
  }
}

/** Call the job's function without the queue. Wire: POST /run/predict. */
export async function runDirect(connection: Connection, job: Submission): Promise<void> {
  const { engine, http, routes } = connection;
  const { title } = job.endpoint;
  const { retries, headers } = job.options;
  try {
    const data = await prepare(connection, job);
    const [isSent, effects] = engine.runningDirectly(job);
    connection.perform(effects);
    if (!isSent) return;
    connection.perform(engine.joinedAlone(job, undefined));
    const body = connection.bodyOf(job, data, engine.session_hash);
    // The function may take as long as it likes, its answer may not.
    const paced: Request["paced"] = (reader, end) =>
      new Pace({ idle: connection.timeout.idle }).of(reader, end);
    const limits = { seconds: null, paced, holds: "message", signal: job.signal } as const;
    const request: Request = { method: "POST", body, headers, ...limits };
    const once = async () => {
      // By id in the body: the first of several functions with one name would win otherwise.
      const reply = await http.exchange(`${routes.api}run/predict`, request);
      try {
        return runOutput(reply, engine.schema.dialect, title, hintOf(job.call));
      } catch (error) {
        // A gateway that timed out cannot tell whether the function runs.
        const ran = reply.status === 200 || reply.status >= 500;
        if (error instanceof GradlinkError && !error.execution)
          withFacts(error, { execution: ran ? "unknown" : "not started" });
        throw error;
      }
    };
    const output = await http.retrying(retries, once, "direct", () => job.signal);
    connection.perform(engine.ranDirectly(job, output));
  } catch (error) {
    connection.perform(engine.fail(job, unsendable(title, error)));
  }
}

/** Send the job on a connection of its own (before 4.9); return what its connection is to send. */
export async function prepareAlone(
  connection: Connection,
  job: Submission,
  session_hash: string,
): Promise<Record<string, unknown> | undefined> {
  const data = await prepare(connection, job);
  const [isSent, effects] = connection.engine.joiningAlone(job);
  connection.perform(effects);
  return isSent ? connection.bodyOf(job, data, session_hash) : undefined;
}

/** Pause, then send a job again that was lost; its files, too, since they may have been lost with it. */
export async function resend(connection: Connection, job: Submission): Promise<void> {
  job.sentData = undefined;
  await pause(0, longestPause(job.options.retries, job.resent), job.signal, connection.http);
  connection.perform(connection.engine.resubmit(job));
}

/**
 * Ask the server to cancel a job.
 *
 * Wire: POST /reset (4.9 - 4.30) stops one event. POST /cancel (since 4.31) stops the tasks of session and function,
 * then closes the event; with the function -1 it stops nothing and only takes the event out of the queue.
 */
export async function sendCancel(connection: Connection, cancel: SendCancel<Submission>): Promise<void> {
  const { engine } = connection;
  const { event_id, plan, session } = cancel;
  const fn_index = plan === "stop" ? cancel.fn_index : -1;
  const { session_hash } = session;
  const isDone =
    plan === "reset"
      ? await ask(connection, "reset", { event_id })
      : await ask(connection, "cancel", { session_hash, fn_index, event_id });
  connection.perform(isDone ? engine.cancelAnswered(cancel) : engine.cancelFailed(cancel));
}

/** Ask the server to reset a job that has a stream of its own (4.0 - 4.8). */
export async function resetAlone(connection: Connection, reset: ResetAlone<Submission>): Promise<void> {
  await ask(connection, "reset", { event_id: reset.event_id });
  connection.perform(connection.engine.resetEnded(reset));
}

/** Tell whether the server has done what it was asked to. */
async function ask({ http, routes, retries }: Connection, route: string, body: object): Promise<boolean> {
  const request = { method: "POST", body };
  return await http.read(routes.api + route, retries, "the cancel", request).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/**
 * Give a job further input while it runs (`.stream()` events, since 5.0), or without any tell it that none follows.
 *
 * Wire: POST /stream/{event_id}, and /stream/{event_id}/close.
 */
export async function feed(job: Submission, payload?: object): Promise<void> {
  const { connection, endpoint, options } = job;
  await job.wait_for_id();
  const [event_id, session_hash] = connection.engine.liveSession(job);
  const more = payload && asObject(plainCopy(payload, `${endpoint.title}: the further input`));
  const url = `${connection.routes.api}stream/${encoded(event_id)}`;
  const body = { ...bodyOf(endpoint, [], session_hash, options), ...more, event_id, session_hash };
  const { headers } = options;
  if (payload) await connection.http.post(url, body, "further input", { headers });
  else await connection.http.post(`${url}/close`, {}, "the end of input", { headers });
}
