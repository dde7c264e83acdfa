// What several unit tests build on.

import type { ResponseLike } from "../../src/types.ts";

/** Return an answer as a `fetch` would give it. */
export function answer(body: unknown, status = 200, headers: Record<string, string> = {}): ResponseLike {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers }) as unknown as ResponseLike;
}

/** The config of an app with one function, which is a generator. */
export const CONFIG = {
  version: "6.31.0",
  protocol: "sse_v3",
  api_prefix: "/gradio_api",
  app_id: 7,
  components: [
    { id: 1, type: "textbox", props: { label: "text" }, skip_api: false },
    { id: 2, type: "textbox", props: { label: "out" }, skip_api: false },
  ],
  dependencies: [{ id: 0, inputs: [1], outputs: [2], api_name: "echo", types: { generator: true } }],
};

export const INFO = {
  named_endpoints: {
    "/echo": {
      parameters: [
        {
          label: "text",
          parameter_name: "text",
          parameter_has_default: false,
          type: {},
          component: "Textbox",
        },
      ],
      returns: [{ label: "out", type: {}, component: "Textbox" }],
    },
  },
  unnamed_endpoints: {},
};
