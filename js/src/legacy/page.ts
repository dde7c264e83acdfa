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
    throw new NotFoundError(`${url} is not a Gradio app: neither /config nor its page has one`, {
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
  let depth = 0;
  for (let place = start; place < text.length; place++) {
    const letter = text[place];
    if (letter === '"') place = endOfString(text, place);
    else if (letter === "{") depth += 1;
    else if (letter === "}" && --depth === 0) return text.slice(start, place + 1);
  }
  return text.slice(start);
}

/** Return where the JSON string ends that begins at `start`. */
function endOfString(text: string, start: number): number {
  let place = start + 1;
  while (place < text.length && text[place] !== '"') place += text[place] === "\\" ? 2 : 1;
  return place;
}
