/** Addresses as people write them: without a scheme, with a password, the name of a Space, or of a page of an app. */

import { ArgumentError, NotFoundError } from "../errors.ts";
import type { Space } from "../hub/space.ts";
import { asText, decode, isObject, type JsonObject } from "../protocol/jsonvalue.ts";
import { above, configOfPage, withoutPage } from "../protocol/pages.ts";
import type { Reply } from "../protocol/replies.ts";
import { withoutCredentials, withScheme } from "../protocol/routes.ts";
import type { ClientOptions } from "../types.ts";
import type { Request } from "./exchange.ts";
import type { Http } from "./http.ts";
import { part } from "./parts.ts";

const PLAIN_URL = /^https?:\/\/[^@]+$/;
const OF_THE_HUB = /\/spaces\/|\.hf\.space/;

/** An app as it was named: where it is, and what every request to it carries. */
interface Named {
  readonly base: string;
  readonly headers?: Record<string, string>;
  readonly space?: Space;
}

/** Return the app that is meant; a Space that is named is waited for until it runs. */
export async function addressOf(reference: string, options: ClientOptions): Promise<Named> {
  let text = reference.trim();
  if (text.includes("/") && (!PLAIN_URL.test(text) || OF_THE_HUB.test(text))) {
    const space = await (await part(import("../hub/space.ts"), "Spaces")).spaceOf(text, options);
    if (space) return { base: space.base, headers: space.headers, space };
  }
  text = withScheme(text);
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    const given = JSON.stringify(reference);
    throw new ArgumentError(
      `${given} is not the URL of a Gradio app; give one such as "http://127.0.0.1:7860" or the name of a Hugging Face Space such as "user/space"`,
      { execution: "not started" },
    );
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = "";
  if (!username) return { base: url.href };
  const user = decodeURIComponent(`${username}:${password}`);
  return { base: url.href, headers: { authorization: `Basic ${btoa(user)}` } };
}

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
