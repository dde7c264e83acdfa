/** Apps that gradlink cannot talk to, and why. Vectors: schemas. */

import { ProtocolError } from "../errors.ts";
import { isSpoken, PROTOCOLS, readDialect } from "./dialect.ts";
import { type JsonObject, shortened } from "./jsonvalue.ts";

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
