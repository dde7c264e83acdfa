/** Addresses of pages of an app that has several: loaded when what was typed is not an app's own address. */

import { NotFoundError } from "../errors.ts";
import { asText, decode, isObject, type JsonObject } from "../protocol/jsonvalue.ts";
import { above, configOfPage, withoutPage } from "../protocol/pages.ts";
import type { Reply } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import type { Http, Request } from "./http.ts";

/** Return the base of the app whose page `http` leads to. */
export function appOfPage({ base }: Http, page: string): string {
  const found = withoutPage(base, page);
  if (found !== undefined) return found;
  const url = withoutCredentials(base);
  const shown = JSON.stringify(page);
  throw new NotFoundError(`${url} is the page ${shown} of a Gradio app; give the address of the app itself`, {
    url,
    execution: "not started",
  });
}

/**
 * Return the base of the app whose page `http` leads to, which has no login; undefined if it leads to none.
 *
 * Without a login a page does not say which one it is: the app is the nearest address above that answers as one. The
 * login goes nowhere before that.
 */
export async function appAbove(http: Http, request: Request): Promise<string | undefined> {
  const config = await http
    .reply(http.base, request)
    .then(configOfPage)
    .catch(() => undefined);
  if (!isObject(config)) return undefined;
  const page = asText(config["current_page"]);
  if (page) return appOfPage(http, page);
  if (config["auth_required"] !== true) return undefined;
  for (const base of above(http.base)) {
    const reply = await http.reply(`${base}config`, request).catch(() => undefined);
    if (reply && answersAsApp(reply)) return base;
  }
  return undefined;
}

/** Tell whether an answer to /config is that of an app, also one that requires a login. */
function answersAsApp({ status, body }: Reply): boolean {
  if ((status !== 200 && status !== 401) || !body.trimStart().startsWith("{")) return false;
  let answer: JsonObject = {};
  try {
    answer = decode(body, "an answer to /config") as JsonObject;
  } catch {}
  return status === 401 ? "detail" in answer : "dependencies" in answer || "auth_required" in answer;
}
