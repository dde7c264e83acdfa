/** A scripted app as /config and /info of Gradio describe it. */

import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import type { FakeEndpoint, Type } from "./endpoint.ts";
import type { Parameter } from "./script.ts";

/** The release whose wire the app speaks. */
const VERSION = "6.31.0";
/** Where its routes are. */
export const API = "/gradio_api/";

/** Return what /config says. */
export function configOf(endpoints: readonly FakeEndpoint[], appId: number): JsonObject {
  const components: JsonValue[] = [];
  const component = (schema: JsonObject, value?: JsonValue): JsonValue => {
    const id = components.length + 1;
    components.push({
      id,
      type: "api",
      props: { name: "api", ...(value !== undefined && { value }) },
      skip_api: false,
      api_info: schema,
      api_info_as_input: schema,
      api_info_as_output: schema,
    });
    return id;
  };
  const dependencies = endpoints.map((endpoint, id): JsonValue => {
    const inputs = endpoint.parameters.map((one) =>
      component({}, one.hasDefault ? (one.default ?? null) : undefined),
    );
    const outputs = endpoint.outputs.map(({ schema }) => component(schema));
    return {
      id,
      targets: [],
      inputs,
      outputs,
      backend_fn: true,
      js: null,
      queue: true,
      api_name: endpoint.name.slice(1),
      api_description: endpoint.description || null,
      api_visibility: "public",
      batch: false,
      cancels: [],
      types: { generator: endpoint.streams, cancel: false },
      connection: "sse",
    };
  });
  return {
    version: VERSION,
    api_prefix: API.slice(0, -1),
    protocol: "sse_v3",
    mode: "blocks",
    title: "Gradio",
    app_id: appId,
    enable_queue: true,
    connect_heartbeat: false,
    max_file_size: null,
    space_id: null,
    components,
    dependencies,
    layout: { id: -1, children: [] },
  };
}

/** Return what /info says. */
export function infoOf(endpoints: readonly FakeEndpoint[]): JsonObject {
  const named = endpoints.map((one): [string, JsonValue] => [one.name, describe(one)]);
  return { named_endpoints: Object.fromEntries(named), unnamed_endpoints: {} };
}

function describe({ parameters, outputs, description }: FakeEndpoint): JsonObject {
  return {
    parameters: parameters.map(describeParameter),
    returns: outputs.map((one, place) => describeValue(place, one)),
    api_visibility: "public",
    description,
  };
}

function describeParameter(one: Parameter, place: number): JsonObject {
  const value = one.default ?? null;
  return {
    ...describeValue(place, { schema: {}, words: "Any" }),
    parameter_name: one.name,
    parameter_has_default: one.hasDefault,
    parameter_default: value,
    example_input: value ?? "...",
  };
}

function describeValue(place: number, { schema, words }: Type): JsonObject {
  return {
    label: ordinal(place + 1),
    type: schema,
    python_type: { type: words, description: "" },
    component: "Api",
  };
}

function ordinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 14;
  return `${number}${(!isTeen && { 1: "st", 2: "nd", 3: "rd" }[number % 10]) || "th"}`;
}
