/** Addresses of apps as people write them: without a scheme, with a password, or the name of a Space. */

import { EndpointError } from "../errors.ts";
import type { Space } from "../hub/space.ts";
import type { ClientOptions } from "../types.ts";
import { part } from "./parts.ts";

/** An app as it was named: where it is, and what every request to it carries. */
interface Named {
  readonly base: string;
  readonly headers?: Record<string, string>;
  readonly space?: Space;
}

/** Return the app that is meant; a Space that is named is waited for until it runs. */
export async function addressOf(reference: string, options: ClientOptions): Promise<Named> {
  let text = reference.trim();
  if (text.includes("/")) {
    const space = await (await part(import("../hub/space.ts"), "Spaces")).spaceOf(text, options);
    if (space) return { base: space.base, headers: space.headers, space };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const local = /^(localhost|127\.|0\.0\.0\.0|\[)/i.test(text);
    text = `${local ? "http" : "https"}://${text}`;
  }
  if (!/^https?:/i.test(text) || !URL.canParse(text)) {
    throw new EndpointError(
      `${JSON.stringify(reference)} is not the URL of a Gradio app, such as http://127.0.0.1:7860`,
    );
  }
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = "";
  if (!username) return { base: url.href };
  const user = decodeURIComponent(`${username}:${password}`);
  return { base: url.href, headers: { authorization: `Basic ${btoa(user)}` } };
}
