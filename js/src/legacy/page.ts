/** The config in the page of an app, for servers that have no route for it. */

import { NotFoundError } from "../errors.ts";
import { decode, type JsonValue, keepAppId } from "../protocol/jsonvalue.ts";
import { type Reply, replyError } from "../protocol/replies.ts";
import { withoutCredentials } from "../protocol/routes.ts";

const ASSIGNMENT = "window.gradio_config = ";

/**
 * Return the config that an app's page assigns; present in all versions.
 *
 * @throws NotFoundError if the page is none of Gradio.
 */
export function configOfPage(reply: Reply): JsonValue {
  if (reply.status !== 200 && reply.status !== 404) throw replyError(reply, "the app's page");
  const url = withoutCredentials(reply.url);
  const start = reply.body.indexOf(ASSIGNMENT);
  if (start < 0) {
    throw new NotFoundError(`${url} is no Gradio app: neither /config nor its page has one`, {
      status: reply.status,
      url,
    });
  }
  return decode(
    keepAppId(objectAt(reply.body, start + ASSIGNMENT.length)),
    `the config in the page at ${url}`,
  );
}

/** Return the text of the JSON object that begins at `start`; other code follows it. */
function objectAt(text: string, start: number): string {
  const token = /"(?:[^"\\]|\\.)*"|[{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === "{") depth += 1;
    else if (found[0] === "}") depth -= 1;
    if (depth === 0 && found[0] === "}") return text.slice(start, token.lastIndex);
  }
  return text.slice(start);
}
