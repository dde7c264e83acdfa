/** The values of a result as callers get them. */

import { META } from "../protocol/filedata.ts";
import { fileAddress, replaceInOutputs } from "../protocol/files.ts";
import type { JsonObject, JsonValue } from "../protocol/jsonvalue.ts";
import type { Connection } from "./connection.ts";

/** Return the values of a result with its files as `FileData`, whose url is the one that gradlink would fetch. */
export function resultOf(
  connection: Connection,
  values: JsonValue[],
  plain: readonly boolean[],
): JsonValue[] {
  const make = (data: JsonObject) => ({
    meta: { _type: META },
    ...data,
    url: addressOf(connection, data),
  });
  return replaceInOutputs(values, plain, connection.schema.dialect, make);
}

/** Return where a file of the app is fetched. */
export function addressOf(connection: Connection, data: JsonObject): string {
  const [address, own] = fileAddress(connection.routes, data);
  return own ? connection.signed(address) : address;
}
