/** The text that a job adds, bit by bit. */

import type { Update } from "../protocol/job.ts";
import { OutputWalk } from "../protocol/outputs.ts";
import { TextWalk } from "../protocol/text.ts";
import { readFast } from "./iteration.ts";
import type { Submission } from "./submission.ts";

/** Yield the text that each value adds; throws the error that ends the job. Who leaves early cancels it. */
export async function* deltasOf(job: Submission): AsyncGenerator<string, void, undefined> {
  const { updates } = job.tracker;
  job.keepsSteps = true;
  readFast(job);
  const [walk, text] = [new OutputWalk(), new TextWalk()];
  try {
    for (let position = 0; ; position++) {
      await job.until(() => position < updates.length);
      const update = updates[position] as Update;
      const output = walk.advance(update);
      const added = output ? text.advance(output) : "";
      if (added) yield added;
      if (update.kind === "failed") throw update.error;
      if (update.kind === "succeeded") return;
    }
  } finally {
    job.cancel().catch(() => {});
  }
}
