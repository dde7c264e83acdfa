/** What components are called. */

import { asObject, asText, type JsonObject } from "./jsonvalue.ts";

/** Return what a component is called. */
export function labelOf(component: JsonObject): string {
  return asText(asObject(component["props"])["label"]) || asText(component["type"]) || "value";
}
