/** The endpoints of an app, described for programs and people: what `view_api()` returns. */

import {
  asList,
  asObject,
  asText,
  isObject,
  type JsonObject,
  type JsonValue,
} from "../protocol/jsonvalue.ts";
import { labelOf } from "../protocol/quirks.ts";
import {
  type AppSchema,
  componentsOf,
  dependencyId,
  describedBy,
  type Endpoint,
} from "../protocol/schema.ts";
import type { ApiData, ApiInfo, EndpointInfo } from "../types.ts";
import { typeOf } from "./typetext.ts";

/** Return the endpoints of an app that callers may use, by name and by number. */
export function describe(schema: AppSchema): ApiInfo {
  const api: ApiInfo = { named_endpoints: {}, unnamed_endpoints: {} };
  const components = componentsOf(schema.config);
  for (const [index, raw] of asList(schema.config["dependencies"]).entries()) {
    const dependency = asObject(raw);
    const endpoint = schema.endpoints.get(dependencyId(dependency, index));
    if (!endpoint?.callable || endpoint.visibility !== "public") continue;
    const described = describedBy(schema.info, dependency, endpoint.fn_index);
    // What /info leaves out, the app does not offer, if there is an /info.
    if (schema.info && !described) continue;
    const { api_name, fn_index } = endpoint;
    const info = endpointInfo(endpoint, dependency, described, components);
    if (!api_name) api.unnamed_endpoints[fn_index] = info;
    else api.named_endpoints[api_name] ??= info;
  }
  const first = api.named_endpoints["/predict"];
  if (first) api.unnamed_endpoints[0] ??= first;
  return api;
}

function endpointInfo(
  endpoint: Endpoint,
  dependency: JsonObject,
  described: JsonObject | undefined,
  components: Map<JsonValue, JsonObject>,
): EndpointInfo {
  const inputs = asList(dependency["inputs"]).map((id) => components.get(id) ?? {});
  const outputs = asList(dependency["outputs"]).map((id) => components.get(id) ?? {});
  const listed = asList(described?.["parameters"]).map(asObject);
  const parameters = endpoint.parameters.map((parameter, index): ApiData => {
    const entry = listed[index] ?? schemaEntry(inputs[parameter.slot], "api_info_as_input");
    return {
      ...entryOf(entry, parameter.component, true),
      label: parameter.label,
      parameter_name: parameter.name,
      parameter_has_default: parameter.hasDefault,
      parameter_default: parameter.default,
      ...("example_input" in entry ? { example_input: entry["example_input"] } : {}),
    };
  });
  const shown = outputs.filter((_, index) => !endpoint.skippedOutputs[index]);
  const values = asList(described?.["returns"]).map(asObject);
  const returns = shown.map((component, index): ApiData => {
    const entry = values[index] ?? schemaEntry(component, "api_info_as_output");
    return { ...entryOf(entry, titled(component), false), label: labelOf(component) };
  });
  const types = asObject(dependency["types"]);
  const description = asText(described?.["description"]) ?? asText(dependency["api_description"]);
  return {
    parameters: withState(parameters, inputs),
    returns,
    type: { generator: endpoint.generator, cancel: types["cancel"] === true },
    ...(description ? { description } : {}),
    ...(endpoint.oauthToken ? { oauth_token: endpoint.oauthToken as "required" } : {}),
  };
}

/** Return parameters at the positions of their inputs: State is shown, and filled in by the server. */
function withState(parameters: ApiData[], inputs: JsonObject[]): ApiData[] {
  const all: ApiData[] = [];
  let used = 0;
  for (const [slot, component] of inputs.entries()) {
    if (component["type"] !== "state") continue;
    while (all.length < slot && used < parameters.length) all.push(parameters[used++] as ApiData);
    all.push(STATE);
  }
  return all.concat(parameters.slice(used));
}

const STATE: ApiData = {
  label: "parameter_state",
  parameter_name: null,
  parameter_has_default: true,
  parameter_default: null,
  type: "",
  description: "",
  component: "state",
  example_input: null,
  python_type: { type: "", description: "" },
  hidden: true,
};

/** Return one parameter or value in the words of `view_api()`. */
function entryOf(entry: JsonObject, component: string, isInput: boolean): ApiData {
  const python = asObject(entry["python_type"]);
  const schema = asObject(entry["type"]);
  const description = asText(python["description"]) ?? asText(schema["description"]) ?? "";
  return {
    label: asText(entry["label"]) ?? "",
    parameter_name: null,
    type: typeOf(schema, asText(entry["component"]) ?? component, isInput),
    // From 4.44 on, the docstring of the server's own FileData class stands with every file.
    description: description.startsWith("The FileData class") ? "" : description,
    component: asText(entry["component"]) ?? component,
    python_type: { type: asText(python["type"]) ?? "", description: asText(python["description"]) ?? "" },
  };
}

/** Return what /info would say of a component: before 3.26 there is none, and an old release may fail to make it. */
function schemaEntry(component: JsonObject | undefined, which: string): JsonObject {
  const given = component?.[which] ?? component?.["api_info"];
  // From 3.26 to 3.50 the schema stands one level deeper.
  const schema = isObject(given) && isObject(given["info"]) ? given["info"] : given;
  return { type: asObject(schema) };
}

function titled(component: JsonObject): string {
  const kind = asText(component["type"]) ?? "";
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}
