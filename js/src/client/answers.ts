/** Requests whose answer is JSON. */

import type { JsonValue } from "../protocol/jsonvalue.ts";
import { replyJson } from "../protocol/replies.ts";
import type { Http, Request } from "./http.ts";

/** Send a value as JSON and return that of the answer; throws what the answer means if it is not good. */
export async function post(
  http: Http,
  url: string,
  body: unknown,
  what: string,
  more?: Request,
): Promise<JsonValue> {
  return replyJson(await http.exchange(url, { method: "POST", body, ...more }), what);
}
