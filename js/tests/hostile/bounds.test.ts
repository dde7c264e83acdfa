// However much an app sends, packed or not, no more of it is read and held than the client's bounds allow.

import { beforeAll, expect, test } from "vitest";
import { meet, PLACES } from "./meet.ts";
import type { Met } from "./meeting.ts";

const CLASSES = ["gzip-bomb", "gzip-twice", "endless", "endless-error"] as const;
const CELLS = CLASSES.flatMap((kind) => PLACES.map((place) => [kind, place] as const));
const BOUND = 4_000_000;
/** What reading takes beside what is read. */
const SLACK = 50_000_000;

// Calls work without /info; whatever is wrong with it, it is done without.
const NAMED: Record<(typeof PLACES)[number], [error: string, option: string, status: string]> = {
  config: ["AnswerTooLargeError", "max_answer", "ResponseError"],
  info: ["", "", ""],
  join: ["AnswerTooLargeError", "max_answer", "ResponseError"],
  upload: ["AnswerTooLargeError", "max_answer", "ResponseError"],
  run: ["AnswerTooLargeError", "max_message", "ResponseError"],
  file: ["FileTooLargeError", "max_download", "NotFoundError"],
  stream: ["AnswerTooLargeError", "max_message", "ResponseError"],
};

let met: Map<string, Met>;
beforeAll(async () => {
  const bounds = { max_answer: BOUND / 4, max_message: BOUND, max_download: BOUND };
  met = await meet(
    { ...bounds, retries: 0 },
    CELLS.map((cell) => cell.join("@")),
  );
});

test.each(CELLS)("%s at %s ends at its bound", (kind, place) => {
  const { error, message, ended, held } = met.get(`${kind}@${place}`) as Met;
  const [named, option, status] = NAMED[place];
  expect(error).toBe(kind === "endless-error" ? status : named);
  if (kind !== "endless-error") expect(message).toContain(option);
  // A bomb is small, and may have been sent whole by then.
  if (kind.startsWith("endless")) expect(ended).toEqual(["left"]);
  expect(held).toBeLessThan(BOUND + SLACK);
});
