/**
 * What a Space on ZeroGPU says when a caller's GPU time is used up.
 *
 * Wire: the `spaces` package raises a `gr.Error` from inside the app's function; its text is all there is.
 */

/** Seconds of GPU time, and seconds until there are more; each undefined if the message does not say. */
export interface QuotaMessage {
  readonly requested: number | undefined;
  readonly left: number | undefined;
  readonly retryAfter: number | undefined;
}

// "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 1 day, 3:04:05. ..."
// Every error of an app is looked through, so nothing here may be repeated without bound: an app can say anything.
const EXCEEDED = /exceeded your [\w ]{0,60}?\b(?:quota|runs limit)|reached its GPU limit/i;
const AMOUNTS =
  /(?:^|[^\d.])(\d{1,9}(?:\.\d{1,9})?)\s{0,4}s requested vs\.?\s{0,4}(-?\d{1,9}(?:\.\d{1,9})?)\s{0,4}s left/i;
const AGAIN = /(?:again|retry)\b[^]{0,40}?\bin (?:(\d{1,6}) days?, )?(\d{1,6}):(\d{2}):(\d{2})/i;
const TITLE = "zerogpu quota exceeded";
// The same title stands over a queue in which no GPU became free: that is not a matter of quota.
const NO_GPU = "no gpu was available";

/** Return what an error of an app says about the caller's quota, undefined if it is another error. */
export function readQuotaMessage(title: string, message: string): QuotaMessage | undefined {
  const titled = title.trim().toLowerCase() === TITLE && !message.toLowerCase().includes(NO_GPU);
  if (!titled && !EXCEEDED.test(message)) return undefined;
  const [, requested, left] = AMOUNTS.exec(message) ?? [];
  const again = AGAIN.exec(message);
  const [days = 0, hours = 0, minutes = 0, rest = 0] = (again ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return {
    requested: requested === undefined ? undefined : Number(requested),
    left: left === undefined ? undefined : Number(left),
    retryAfter: again ? ((days * 24 + hours) * 60 + minutes) * 60 + rest : undefined,
  };
}
