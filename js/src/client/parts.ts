/** Parts that are loaded when they are needed. */

import { LoadError } from "../errors.ts";

/**
 * Return a part that is being loaded; `what` names what it is for.
 *
 * @throws LoadError if it is not there: a page that was deployed anew has other files than those that it knows.
 */
export async function part<T>(loading: Promise<T>, what: string): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    const why =
      "ServiceWorkerGlobalScope" in globalThis
        ? "a service worker may load none later; dist/gradlink.min.mjs has all of them in one file"
        : "was the program deployed anew? then load it again";
    throw new LoadError(`the part of gradlink for ${what} cannot be loaded (${why}): ${cause}`, { cause });
  }
}
