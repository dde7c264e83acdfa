/** What the environment says of the Hub: its address, and the token for it. */

import { withoutEndSlashes } from "../protocol/routes.ts";
import { DEFAULT_ENDPOINT } from "./names.ts";

/** Return a variable of the environment; undefined where there is none, or it may not be read. */
function variable(name: string): string | undefined {
  try {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    return process?.env?.[name]?.trim() || undefined;
  } catch {
    // Deno asks its user first.
    return undefined;
  }
}

/** Return the address of the Hub, without a trailing slash. */
export function hubEndpoint(): string {
  const given = withoutEndSlashes(variable("HF_ENDPOINT") ?? "");
  return given && URL.canParse(given) ? given : DEFAULT_ENDPOINT;
}

/** Return the token for Spaces and the Hub, and where it is from. `false` is none at all. */
export function chosenToken(given: string | false | null | undefined): readonly [string | undefined, string] {
  if (given === false) return [undefined, "token: false"];
  if (given) return [given, "the option token"];
  if (/^(1|on|yes|true)$/i.test(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN") ?? ""))
    return [undefined, "HF_HUB_DISABLE_IMPLICIT_TOKEN is set"];
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = variable(name);
    if (token) return [token, name];
  }
  return [undefined, "there is none"];
}
