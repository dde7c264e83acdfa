/** Endpoints that are fed with further input while they run (`.stream()` events, since 5.0). */

import { asObject } from "../protocol/jsonvalue.ts";
import { bodyOf } from "../protocol/payload.ts";
import { plainCopy } from "../protocol/plain.ts";
import { encoded } from "../protocol/routes.ts";
import type { Submission } from "./submission.ts";

/** Give a job further input, or without any tell it that none follows. */
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
