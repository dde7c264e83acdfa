/** Messages that only a job on a connection of its own gets: those of servers before 4.9. */

import { QueueError } from "../errors.ts";
import type { JobTracker } from "./job.ts";
import type { Message } from "./messages.ts";

/** Let a job take `message` if it is one of them; return whether it was. */
export function receiveAlone(tracker: JobTracker, message: Message): boolean {
  const { msg } = message;
  if (msg === "queue_full") {
    const text = `${tracker.call.api_name}: the app's queue is full`;
    tracker.fail(new QueueError(text, { execution: "not started" }));
    return true;
  }
  if (msg !== "send_hash" && msg !== "send_data") return false;
  if (tracker.outcome) return true;
  tracker.sent = true;
  tracker.updates.push({ kind: "status", status: msg === "send_hash" ? "JOINING_QUEUE" : "SENDING_DATA" });
  return true;
}
