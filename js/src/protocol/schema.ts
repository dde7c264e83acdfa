/** The app as its /config and /info describe it. Wire: /config (all versions) and /info (since 3.26). Vectors: schemas. */

import { EndpointError, InvalidAPIEndpointError, ProtocolError } from "../errors.ts";
import { closest } from "./close-names.ts";
import { type Dialect, isSpoken, PROTOCOLS, readDialect } from "./dialect.ts";
import { META } from "./filedata.ts";
import {
  asInt,
  asList,
  asObject,
  asText,
  isObject,
  type JsonObject,
  type JsonValue,
  shortened,
} from "./jsonvalue.ts";
import { describe, describeDefault, identifiers, isLayout } from "./quirks.ts";

const VISIBILITIES: readonly unknown[] = ["public", "undocumented", "private"] satisfies Visibility[];

export type Visibility = "public" | "undocumented" | "private";

/** One parameter of an endpoint. */
export interface Parameter {
  /** Name for keyword arguments; made from the label where the server sends none (before 4.23). */
  readonly name: string;
  /** The component's label, not unique. */
  readonly label: string;
  /** Class of the component, such as "Textbox". */
  readonly component: string;
  /** It may be left out. */
  readonly hasDefault: boolean;
  /** What it is then; null is a possible default. */
  readonly default: JsonValue;
  /** Place in the list of values that is sent. */
  readonly slot: number;
  /** Its value is JSON without files, whatever it looks like. */
  readonly plain: boolean;
  /** Its value is a list. */
  readonly many: boolean;
}

/** A function of the app. */
export interface Endpoint {
  /** The server's id of the function. */
  readonly fn_index: number;
  /** Its name with a leading slash, undefined if it has none. */
  readonly api_name: string | undefined;
  /** The name for messages: `/predict` or `fn_index=3`. */
  readonly title: string;
  /** What a caller gives; State and layout are left out. */
  readonly parameters: readonly Parameter[];
  /** Values that are sent; places that belong to no parameter are null. */
  readonly inputCount: number;
  /** For each value that is received, whether callers do not see it. */
  readonly skippedOutputs: readonly boolean[];
  /** For each value that is received, its component, such as "textbox". */
  readonly outputTypes: readonly string[];
  /** For each value that is received, whether it is JSON without files, whatever it looks like. */
  readonly plainOutputs: readonly boolean[];
  readonly queued: boolean;
  /**
   * It is called without the queue.
   *
   * That route gives only the first value of a generator, while the queue takes every function.
   */
  readonly direct: boolean;
  /** It may bring several values. */
  readonly generator: boolean;
  /** It reads or writes the session's State. */
  readonly stateful: boolean;
  /** The server may run it for several callers at once. */
  readonly batch: boolean;
  /** It is fed with further input while it runs. */
  readonly live: boolean;
  readonly visibility: Visibility;
  /** The server has a function behind it. */
  readonly callable: boolean;
  /** Whether the user's token is to be sent: "required" or "optional". */
  readonly oauthToken: string | undefined;
  /** The only session that has it, and which `gr.render` made it; undefined for all others. */
  readonly rendered: { readonly session_hash: string; readonly render_id: number | undefined } | undefined;
}

/** What a client needs to know of an app. */
export interface AppSchema {
  /** /config as received. */
  readonly config: JsonObject;
  /** /info as received, undefined if the server has none or failed to make it. */
  readonly info: JsonObject | undefined;
  /** What its server can do. */
  readonly dialect: Dialect;
  readonly prefix: string;
  readonly endpoints: ReadonlyMap<number, Endpoint>;
  /** The app has State, unload or stream events. */
  readonly wantsHeartbeat: boolean;
  /** Bytes that an uploaded file may have. */
  readonly maxFileSize: number | undefined;
}

/** Return what `config` and `info` say; `info` is undefined where the server gave none. */
export function readApp(config: JsonObject, info: JsonObject | undefined): AppSchema {
  const dialect = readDialect(config);
  return {
    config,
    info,
    dialect,
    prefix: asText(config["api_prefix"]) ?? "",
    endpoints: new Map(readEndpoints(config, info, dialect).map((endpoint) => [endpoint.fn_index, endpoint])),
    wantsHeartbeat: config["connect_heartbeat"] === true,
    maxFileSize: asInt(config["max_file_size"]),
  };
}

/** Throw ProtocolError for the config of an app that gradlink cannot talk to. */
export function checkApp(config: JsonObject): void {
  const { pollsQueue, protocol, release } = readDialect(config);
  const { protocol: announced = protocol } = config;
  if ("allow_flagging" in config) {
    throw new ProtocolError("this is a Gradio 2 app; gradlink supports Gradio 3.1.5 and newer");
  }
  if (!("dependencies" in config)) {
    throw new ProtocolError(
      `/config has no 'dependencies'; it has: ${shortened(Object.keys(config)) || "nothing"}`,
    );
  }
  if (pollsQueue) {
    throw new ProtocolError(
      `the app runs Gradio ${release}, whose queue is polled; gradlink needs 3.1.5 or newer`,
    );
  }
  if (isSpoken(announced)) return;
  throw new ProtocolError(
    `the app (Gradio ${release}) announces the protocol ${JSON.stringify(announced)}; gradlink supports ${PROTOCOLS.join(", ")}`,
  );
}

/**
 * Return the endpoint that is meant: by name, with or without a slash, or by the server's id.
 *
 * @throws EndpointError if there is none, InvalidAPIEndpointError if the app does not let it be called.
 */
export function findEndpoint(schema: AppSchema, wanted: string | number): Endpoint {
  const endpoints = [...schema.endpoints.values()];
  const name = typeof wanted === "string" ? `/${wanted.trim().replace(/^\//, "")}` : undefined;
  const found = endpoints.filter((one) => (name ? one.api_name === name : one.fn_index === wanted));
  const usable = found.find((one) => one.visibility !== "private");
  if (usable) return usable;
  if (found.length)
    throw new InvalidAPIEndpointError(`the app keeps its endpoint ${JSON.stringify(wanted)} private`);
  if (name === undefined) {
    const known = shortened(endpoints.map(({ fn_index }) => `${fn_index}`)) || "none";
    throw new EndpointError(`the app has no function with the number ${wanted}; it has: ${known}`);
  }
  const names = endpoints.flatMap((one) =>
    one.api_name && one.visibility !== "private" ? [one.api_name] : [],
  );
  const close = closest(name, names);
  const hint = close === undefined ? "it" : `did you mean ${JSON.stringify(close)}? It`;
  throw new EndpointError(
    `the app has no endpoint ${JSON.stringify(wanted)}; ${hint} has: ${shortened(names) || "none"}`,
  );
}

/** Return the components of a /config by their id. */
export function componentsOf(config: JsonObject): Map<JsonValue, JsonObject> {
  return new Map(asList(config["components"]).map((raw) => [asObject(raw)["id"] ?? null, asObject(raw)]));
}

/** Return the id of the dependency at `index`: before 4.32 it has none, its index is the id. */
export function dependencyId(dependency: JsonObject, index: number): number {
  return asInt(dependency["id"]) ?? index;
}

/** Return what /info says of a function, undefined if nothing. */
export function describedBy(
  info: JsonObject | undefined,
  dependency: JsonObject,
  fn_index: number,
): JsonObject | undefined {
  const name = dependency["api_name"];
  const described =
    typeof name === "string" && name
      ? asObject(info?.["named_endpoints"])[`/${name}`]
      : asObject(info?.["unnamed_endpoints"])[fn_index];
  return isObject(described) ? described : undefined;
}

function readEndpoints(config: JsonObject, info: JsonObject | undefined, dialect: Dialect): Endpoint[] {
  const components = componentsOf(config);
  const queueDefault = config["enable_queue"] !== false;
  return asList(config["dependencies"]).map((raw, index) => {
    const dependency = asObject(raw);
    const fn_index = dependencyId(dependency, index);
    const inputs = asList(dependency["inputs"]).map((id) => components.get(id) ?? {});
    const outputs = asList(dependency["outputs"]).map((id) => components.get(id) ?? {});
    const api_name = asText(dependency["api_name"]);
    const shown = outputs.filter((component) => !isSkipped(component));
    const { queue } = dependency;
    const given = asObject(dependency["types"])["generator"];
    const queued = (queue == null ? queueDefault : queue !== false) || isSpoilt(dialect, shown);
    // Where nobody can know whether a function streams, one outside of the queue cannot.
    const generator = given === true || (given == null && queued && !dialect.tellsGenerators);
    const live = dependency["connection"] === "stream";
    const described = describedBy(info, dependency, fn_index);
    const parameters = readParameters(described, inputs);
    return {
      fn_index,
      api_name: api_name && `/${api_name}`,
      title: api_name ? `/${api_name}` : `fn_index=${fn_index}`,
      parameters,
      inputCount: inputs.length,
      skippedOutputs: outputs.map((component) => isSkipped(component)),
      outputTypes: outputs.map((component) => asText(component["type"]) ?? ""),
      plainOutputs: outputs.map((component) => isPlain(component, "api_info_as_output")),
      queued,
      direct: !queued && !generator && !live,
      generator,
      stateful:
        asInt(dependency["rendered_in"]) !== undefined ||
        [...inputs, ...outputs].some((component) => isState(component["type"])),
      batch: dependency["batch"] === true,
      live,
      visibility: visibilityOf(dependency),
      callable: dependency["backend_fn"] !== false,
      oauthToken: asText(described?.["oauth_token"]),
      rendered: undefined,
    };
  });
}

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

function readParameters(described: JsonObject | undefined, inputs: JsonObject[]): readonly Parameter[] {
  let slots = [...inputs.keys()].filter((slot) => !isSkipped(inputs[slot] as JsonObject));
  let listed = asList(described?.["parameters"]).map(asObject);
  // A function with parameters but no components.
  if (!inputs.length) slots = [...listed.keys()];
  else if (listed.length !== slots.length) listed = slots.map((slot) => describe(inputs[slot] as JsonObject));
  let given = listed.map((entry) => asText(entry["parameter_name"]));
  // A server before 4.23 sends no names: they are made from the labels then.
  if (given.includes(undefined))
    given = identifiers(listed.map((entry) => asText(entry["label"]) || "value"));
  return listed.map((entry, index) => {
    const slot = slots[index] as number;
    const component = inputs[slot] ?? {};
    const known = "parameter_has_default" in entry ? entry : { ...describeDefault(component), ...entry };
    // What gr.render makes is in no /info.
    const schema = entry["type"] ?? component["api_info_as_input"] ?? component["api_info"];
    return {
      name: given[index] as string,
      label: asText(entry["label"]) || `parameter_${slot}`,
      component: asText(entry["component"]) ?? "",
      hasDefault: known["parameter_has_default"] === true,
      default: known["parameter_default"] ?? null,
      slot,
      plain: isPlain(component, "api_info_as_input"),
      many: asObject(schema)["type"] === "array",
    };
  });
}

/** Return the component of each value that is received, null where callers do not see it. */
export function seenTypes({ outputTypes, skippedOutputs }: Endpoint): (string | null)[] {
  return outputTypes.map((component, index) => (skippedOutputs[index] ? null : component));
}

/** Tell whether the direct route spoils these outputs. */
function isSpoilt(dialect: Dialect, outputs: JsonObject[]): boolean {
  return dialect.spoilsDirectJson && outputs.some((component) => component["type"] === "json");
}

function isSkipped(component: JsonObject): boolean {
  const { skip_api, type } = component;
  // Before 4.0 /config does not say what holds nothing to send or to show.
  return typeof skip_api === "boolean" ? skip_api : isLayout(type);
}

/**
 * Tell whether a component's values are JSON without files, so that what looks like one is the app's own data.
 *
 * A function of `gr.api` has files where its types say so, or where they say nothing at all.
 */
function isPlain(component: JsonObject, described: string): boolean {
  const { type, api_info } = component;
  if (type !== "api") return type === "json" || type === "browserstate";
  const schema = JSON.stringify(component[described] ?? api_info ?? {});
  return schema !== "{}" && !schema.includes(META);
}

function isState(type: JsonValue | undefined): boolean {
  return type === "state";
}

function visibilityOf(dependency: JsonObject): Visibility {
  const { api_visibility, api_name, show_api } = dependency;
  if (VISIBILITIES.includes(api_visibility)) return api_visibility as Visibility;
  if (api_name === false) return "private";
  return show_api === false ? "undocumented" : "public";
}
