/** Apps that do not simply tell their config: they want a login, are very old, or are none. */

import { AuthenticationError, ProtocolError } from "../errors.ts";
import { configOfPage } from "../legacy/page.ts";
import { checkApp } from "../protocol/checks.ts";
import { decode, isObject, type JsonObject, keepAppId } from "../protocol/jsonvalue.ts";
import type { Retries } from "../protocol/policy.ts";
import { type Reply, replyError, requiresToken, TOKEN_HINT } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";
import { MISSING_CREDENTIALS_MSG } from "./credentials.ts";
import type { Http, Request } from "./http.ts";

/** Return the config of an app whose answer is none that can be used as it is. */
export async function unusualConfig(
  http: Http,
  reply: Reply,
  retries: Retries,
  request: Request,
): Promise<JsonObject> {
  const { status, body } = reply;
  const url = withoutCredentials(reply.url);
  let config: unknown;
  if (status === 200 && !/^\s*</.test(body)) config = decode(keepAppId(body), `the config at ${url}`);
  else if (status === 200 || status === 404 || status === 405) {
    config = configOfPage(await http.read(http.base, retries, "the app's page", request));
  } else if (status !== 401) throw replyError(reply, "the app's config");
  if (status === 401 || (isObject(config) && config["auth_required"] === true)) {
    const message = requiresToken(reply) ? `${url} answered 401: ${TOKEN_HINT}` : MISSING_CREDENTIALS_MSG;
    throw new AuthenticationError(message, { status, url, serverText: body.slice(0, 2000) });
  }
  if (!isObject(config)) throw new ProtocolError(`the config at ${url} is not a JSON object`);
  checkApp(config);
  return config;
}
