/** Signals of programs: each gets one listener, however many calls it ends, and none when they are over. */

import { JobCancelledError } from "../errors.ts";
import type { AbortSignalLike } from "../types.ts";

interface Watched {
  readonly ends: Set<() => void>;
  readonly tell: () => void;
}

// Node warns of a leak at the eleventh listener.
const watched: WeakMap<AbortSignalLike, Watched> = new WeakMap();

/** Call `end` once when `signal` is aborted; return what takes that back. */
export function onAbort(signal: AbortSignalLike | null | undefined, end: () => void): () => void {
  if (!signal) return () => {};
  const known = watched.get(signal) ?? watch(signal);
  // The same function may be given twice.
  const once = () => end();
  known.ends.add(once);
  return () => {
    known.ends.delete(once);
    if (known.ends.size) return;
    signal.removeEventListener("abort", known.tell);
    if (watched.get(signal) === known) watched.delete(signal);
  };
}

function watch(signal: AbortSignalLike): Watched {
  const ends: Set<() => void> = new Set();
  const tell = () => {
    for (const end of [...ends]) end();
  };
  const made = { ends, tell };
  watched.set(signal, made);
  signal.addEventListener("abort", tell);
  return made;
}

/** Return the error of what `signal` has ended. */
export function abortedBy(signal: AbortSignalLike, what: string): JobCancelledError {
  const facts = { cause: signal.reason, aborted: true, execution: "not started" } as const;
  return new JobCancelledError(`${what} was cancelled`, facts);
}

/** Return what `work` does unless `signal` is aborted before; `end` is called then. */
export async function unlessAborted<T>(
  signal: AbortSignalLike,
  what: string,
  work: () => Promise<T>,
  end: () => void,
): Promise<T> {
  if (signal.aborted) throw abortedBy(signal, what);
  let forget: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    forget = onAbort(signal, () => {
      reject(abortedBy(signal, what));
      end();
    });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    forget();
  }
}
