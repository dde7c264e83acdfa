/** The endpoints that `gr.render` makes while the app runs. */

import { asInt, asList, type JsonObject } from "./jsonvalue.ts";
import { type AppSchema, readEndpoints } from "./schema.ts";

/**
 * Return `schema` with the endpoints that `gr.render` made in one session, in place of its earlier ones.
 *
 * Wire: `output.render_config` of a completed job (since 4.31); they exist in that session only.
 */
export function withRendered(schema: AppSchema, rendered: JsonObject, session_hash: string): AppSchema {
  const components = [...asList(schema.config["components"]), ...asList(rendered["components"])];
  const dependencies = asList(rendered["dependencies"]);
  // Only the render_config says which rendering it is, its dependencies do not.
  const render_id = asInt(rendered["render_id"]);
  const endpoints = new Map(schema.endpoints);
  for (const [key, endpoint] of endpoints) {
    if (endpoint.rendered && endpoint.rendered.render_id === render_id) endpoints.delete(key);
  }
  for (const endpoint of readEndpoints({ components, dependencies }, undefined, schema.dialect)) {
    endpoints.set(endpoint.fn_index, { ...endpoint, rendered: { session_hash, render_id } });
  }
  return { ...schema, endpoints };
}

/** Return `schema` without the endpoints that `gr.render` made: they end with their session. */
export function withoutRendered(schema: AppSchema): AppSchema {
  return {
    ...schema,
    endpoints: new Map([...schema.endpoints].filter(([, endpoint]) => !endpoint.rendered)),
  };
}
