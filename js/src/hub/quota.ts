/** The ZeroGPU quota of an account. */

import { ProtocolError } from "../errors.ts";
import type { ClientOptions, Quota } from "../types.ts";
import { Hub } from "./hub.ts";

/**
 * Ask the Hub for the quota of the token's account.
 *
 * @throws HubAuthenticationError without a token that is good; HubError where the Hub has no route for it.
 */
export async function quotaOf(options: ClientOptions): Promise<Quota> {
  const hub = new Hub(options);
  const what = "the ZeroGPU quota";
  if (!hub.token) throw hub.requiresToken(what);
  const reply = await hub.ask("GET", `${hub.endpoint}/api/spaces/zero-gpu/quota`, what);
  const { base, current, resetsAt, overquotaUsed } = hub.checked(reply, what);
  if (typeof base !== "number" || typeof current !== "number") {
    throw new ProtocolError("the Hub's answer to the question about the quota has no numbers");
  }
  const moment = typeof resetsAt === "string" ? new Date(resetsAt) : undefined;
  return {
    base,
    left: current,
    resetsAt: moment && Number.isFinite(moment.getTime()) ? moment : undefined,
    overquotaUsed: typeof overquotaUsed === "number" ? overquotaUsed : undefined,
  };
}
