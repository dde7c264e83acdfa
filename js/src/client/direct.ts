/** Functions that are called without the queue. */

import { GradlinkError } from "../errors.ts";
import { runOutput } from "../protocol/replies.ts";
import type { Connection } from "./connection.ts";
import type { Request } from "./http.ts";
import type { Submission } from "./submission.ts";
import { Pace } from "./timeouts.ts";

/** Call the job's function. */
export async function runDirect(connection: Connection, job: Submission): Promise<void> {
  const { http, routes } = connection;
  const { title } = job.endpoint;
  const { retries, headers } = job.options;
  const data = await connection.prepare(job);
  if (job.done) return;
  job.enter("run");
  job.tracker.joined(undefined);
  job.wake();
  const body = connection.bodyOf(job, data, connection.session.session_hash);
  // The function may take as long as it likes, its answer may not.
  const paced: Request["paced"] = (reader, end) =>
    new Pace({ idle: connection.timeout.idle }).of(reader, end);
  const limits = { seconds: null, paced, holds: "message", signal: job.ended } as const;
  const request: Request = { method: "POST", body, headers, ...limits };
  const once = async () => {
    // By id in the body: the first of several functions with one name would win otherwise.
    const reply = await http.exchange(`${routes.api}run/predict`, request);
    try {
      return runOutput(reply, connection.schema.dialect, title);
    } catch (error) {
      // A gateway that timed out cannot tell whether the function runs.
      const ran = reply.status === 200 || reply.status >= 500;
      if (error instanceof GradlinkError) error.execution ??= ran ? "unknown" : "not started";
      throw error;
    }
  };
  const output = await http.retrying(retries, once, "direct", () => job.ended);
  job.tracker.succeed(output);
  job.wake();
}
