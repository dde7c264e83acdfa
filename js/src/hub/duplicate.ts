/** Making a copy of a Space, or taking the one that is there. */

import { ArgumentError } from "../errors.ts";
import { oneLine } from "../escapes.ts";
import type { JsonObject } from "../protocol/jsonvalue.ts";
import type { ClientOptions, DuplicateOptions } from "../types.ts";
import { HubError, SpaceDuplicationError, SpaceNotFoundError } from "./errors.ts";
import { factsOf, Hub } from "./hub.ts";
import { isSpaceId, spaceReference } from "./names.ts";
import type { Runtime } from "./stages.ts";

const BASIC_HARDWARE = "cpu-basic";
const SLEEP_MINUTES = 5;
// A copy is built before it runs.
const WAIT_SECONDS = 1800;

/** What is to be copied, and how. */
interface Duplication {
  readonly from: string;
  readonly to: string;
  readonly isPrivate: boolean;
  readonly hardware: string | undefined;
  readonly secrets: Readonly<Record<string, string>> | undefined;
  /** Of inactivity after which a copy on paid hardware falls asleep. */
  readonly sleepSeconds: number | undefined;
}

/**
 * Return the name of a copy of a Space in the token's account, made unless it is there, and how to connect to it.
 *
 * Secrets are set only on a copy that is made; hardware and sleep time are requested only where they differ.
 *
 * @throws ArgumentError for a name that is none of a Space; HubAuthenticationError if there is no token, or the Hub refuses
 * it; SpaceNotFoundError if there is no original; SpaceDuplicationError if the Hub refuses something.
 */
export async function duplicateSpace(
  reference: string,
  options: DuplicateOptions = {},
): Promise<[space_id: string, options: ClientOptions]> {
  const { private: isPrivate = false, hardware, secrets, to_id, sleep_timeout, ...rest } = options;
  const { timeout } = options;
  // As ever, a number here is the time of sleep; limits of calls are an object.
  const sleepSeconds = seconds(sleep_timeout ?? (typeof timeout === "number" ? timeout : undefined));
  checkSecrets(secrets);
  const callOptions = { ...rest, timeout: typeof timeout === "number" ? undefined : timeout };
  const hub = new Hub(callOptions);
  const from = spaceReference(reference, hub.endpoint)?.space_id;
  if (from === undefined) {
    throw new ArgumentError(
      `${JSON.stringify(reference)} is not the name of a Space; write it as "user/space"`,
    );
  }
  if (!hub.token) throw hub.requiresToken(`copying the Space ${from}`);
  const source = await hub.runtime(from);
  const to = await targetOf(hub, from, to_id);
  const wanted = { from, to, isPrivate, hardware, secrets, sleepSeconds };
  let existing = await runtimeOf(hub, to);
  let created = false;
  let flavor = hardware;
  if (!existing) {
    flavor ??= source.requestedHardware ?? source.hardware ?? BASIC_HARDWARE;
    created = await create(hub, wanted, flavor);
    existing = await hub.runtime(to).catch((error: unknown) => refuse(error, wanted, created));
  }
  await equip(hub, wanted, existing, flavor).catch((error: unknown) => refuse(error, wanted, created));
  if (secrets && !created) warn(`secrets are set only when a Space is copied: ${to} exists already`);
  return [to, { wait: WAIT_SECONDS, ...callOptions }];
}

function seconds(minutes: unknown): number | undefined {
  if (minutes === undefined) return undefined;
  if (typeof minutes === "number" && minutes > 0 && Number.isFinite(minutes)) return Math.round(minutes * 60);
  throw new ArgumentError(`the time of sleep is a number of minutes above 0, not ${minutes}`);
}

function checkSecrets(secrets: unknown): void {
  for (const [key, value] of Object.entries(secrets ?? {})) {
    if (typeof value !== "string")
      throw new ArgumentError(
        `secrets maps names to strings; the value of ${JSON.stringify(key)} is a ${typeof value}`,
      );
  }
}

/** Return the full name of the copy; the owner is the token's account unless `to_id` names one. */
async function targetOf(hub: Hub, from: string, to_id: string | undefined): Promise<string> {
  const name = to_id?.trim() ?? from.slice(from.indexOf("/") + 1);
  const full = name.includes("/") ? name : `${await hub.userName()}/${name}`;
  if (isSpaceId(full)) return full;
  const shown = JSON.stringify(to_id);
  throw new ArgumentError(`to_id: ${shown} is not the name of a Space; write it as "space" or "user/space"`);
}

async function runtimeOf(hub: Hub, space_id: string): Promise<Runtime | undefined> {
  try {
    return await hub.runtime(space_id);
  } catch (error) {
    if (error instanceof SpaceNotFoundError) return undefined;
    throw error;
  }
}

/** Make the copy with all that is wanted, in one request; return whether it is ours. */
async function create(hub: Hub, wanted: Duplication, hardware: string): Promise<boolean> {
  const { from, to, isPrivate, secrets = {}, sleepSeconds = SLEEP_MINUTES * 60 } = wanted;
  const pairs = Object.entries(secrets).map(([key, value]) => ({ key, value }));
  const body: JsonObject = {
    repository: to,
    visibility: isPrivate ? "private" : "public",
    hardware,
    ...(hardware !== BASIC_HARDWARE && { sleepTimeSeconds: sleepSeconds }),
    ...(pairs.length && { secrets: pairs }),
  };
  const what = `copying the Space ${from} to ${to}`;
  try {
    const reply = await hub.ask("POST", hub.route(from, "duplicate"), what, body);
    // It was not there a moment ago: another program made it, or our own request whose answer was lost.
    if (reply.status === 409) return false;
    hub.checked(reply, what);
    return true;
  } catch (error) {
    return refuse(error, wanted, false);
  }
}

/** Request hardware and sleep time where they differ. */
async function equip(
  hub: Hub,
  wanted: Duplication,
  now: Runtime,
  hardware: string | undefined,
): Promise<void> {
  const { to, sleepSeconds } = wanted;
  const has = now.requestedHardware ?? now.hardware ?? BASIC_HARDWARE;
  if (hardware !== undefined && hardware !== has) {
    const body = {
      flavor: hardware,
      ...(hardware !== BASIC_HARDWARE && { sleepTimeSeconds: sleepSeconds ?? SLEEP_MINUTES * 60 }),
    };
    await hub.order(hub.route(to, "hardware"), body, `the hardware ${hardware} for the Space ${to}`);
  } else if (has !== BASIC_HARDWARE && sleepSeconds !== undefined && now.sleepSeconds !== sleepSeconds) {
    await hub.order(
      hub.route(to, "sleeptime"),
      { seconds: sleepSeconds },
      `the sleep time of the Space ${to}`,
    );
  }
}

/** Throw what it means for the copy that the Hub refused something. */
function refuse(error: unknown, { from, to }: Duplication, created: boolean): never {
  if (!(error instanceof HubError)) throw error;
  const rest = created ? ` (the copy ${to} was made, but is not set up)` : "";
  const text = `the Space ${from} could not be duplicated to ${to}${rest}: ${error.message}`;
  throw new SpaceDuplicationError(text, { ...factsOf(error), cause: error });
}

/** Warn as programs are warned on this platform; where there is no way to, nothing is said. */
function warn(text: string): void {
  const { process } = globalThis as { process?: { emitWarning?(text: string): void } };
  process?.emitWarning?.(oneLine(text));
}
