// Whatever an app makes its clients wait for, wherever it does so, a limit ends it, with the error that names the limit.
//
// The process that meets the attacks ends by itself: no timer, no socket and no unhandled rejection is left behind.

import { beforeAll, describe, expect, test } from "vitest";
import { meet, PLACES } from "./meet.ts";
import type { Met } from "./meeting.ts";

const CLASSES = ["slow-head", "slow-body", "informational", "silence"] as const;
const CELLS = CLASSES.flatMap((kind) => PLACES.map((place) => [kind, place] as const));
const SECONDS = 0.4;

describe("with a limit for everything", () => {
  let met: Map<string, Met>;
  beforeAll(async () => {
    const { connect, upload, queue, run, idle, total } = limits();
    // Requests are repeated as ever: the limits hold for all of that.
    met = await meet(
      { timeout: { connect, upload, queue, run, idle, total } },
      CELLS.map((cell) => cell.join("@")),
    );
  });

  test.each(CELLS)("%s at %s ends", (kind, place) => {
    const { error, message, isGradlinkError, ended } = met.get(`${kind}@${place}`) as Met;
    const isConnecting = place === "config" || place === "info";
    expect(error).toBe(isConnecting ? "ConnectTimeoutError" : "JobTimeoutError");
    expect(isGradlinkError).toBe(true);
    expect(message).toMatch(isConnecting ? /the limit is timeout\.connect/ : /limit/);
    expect(new Set(ended)).toEqual(new Set(["left"]));
  });
});

describe("without a limit for calls", () => {
  // How long a function runs is the app's business, how long its answer is on the way is not.
  const cells = CELLS.filter(([kind, place]) => place !== "run" || kind === "slow-body");
  const expected: Record<(typeof PLACES)[number], [head: string, body: string]> = {
    config: ["ConnectTimeoutError", "ConnectTimeoutError"],
    info: ["ConnectTimeoutError", "ConnectTimeoutError"],
    join: ["TransportError", "TransportError"],
    upload: ["TransportError", "TransportError"],
    run: ["", "TransportError"],
    file: ["TransportError", "DownloadInterruptedError"],
    stream: ["StreamLostError", "StreamLostError"],
  };
  let met: Map<string, Met>;
  beforeAll(async () => {
    const { connect, idle } = limits();
    met = await meet(
      { timeout: { connect, idle }, retries: 0 },
      cells.map((cell) => cell.join("@")),
    );
  });

  test.each(cells)("%s at %s ends all the same", (kind, place) => {
    const { error, isGradlinkError, ended } = met.get(`${kind}@${place}`) as Met;
    const [head, body] = expected[place];
    // On a busy machine the head of an answer may come too late as well.
    expect(kind === "slow-body" ? [head, body] : [head]).toContain(error);
    expect(isGradlinkError).toBe(true);
    expect(ended).toEqual(["left"]);
  });
});

function limits() {
  const all = { connect: SECONDS, upload: SECONDS, queue: SECONDS, run: SECONDS };
  return { ...all, idle: SECONDS, total: SECONDS };
}
