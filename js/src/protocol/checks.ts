/** Apps that gradlink cannot talk to, and why. Vectors: schemas. */

import { ProtocolError } from "../errors.ts";
import { asText, type JsonObject, shortened } from "./jsonvalue.ts";
import { AppVersion, type Protocol } from "./version.ts";

const KNOWN_PROTOCOLS: readonly Protocol[] = ["ws", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3"];

/** Throw ProtocolError for the config of an app that gradlink cannot talk to. */
export function checkApp(config: JsonObject): void {
  const version = new AppVersion(asText(config["version"]) ?? "");
  const announced = "protocol" in config ? config["protocol"] : "ws";
  if ("allow_flagging" in config) {
    throw new ProtocolError("this is a Gradio 2 app; gradlink speaks with Gradio 3.1.5 and newer");
  }
  if (!("dependencies" in config)) {
    throw new ProtocolError(
      `/config has no 'dependencies'; it has: ${shortened(Object.keys(config)) || "nothing"}`,
    );
  }
  if (announced === "ws" && !version.atLeast(3, 1, 5)) {
    throw new ProtocolError(
      `the app runs Gradio ${version.text}, whose queue is polled; gradlink needs 3.1.5 or newer`,
    );
  }
  if (KNOWN_PROTOCOLS.some((known) => known === announced) || asText(announced)?.startsWith("sse_v")) return;
  throw new ProtocolError(
    `the app (Gradio ${version.text}) announces the protocol ${JSON.stringify(announced)}; gradlink speaks ${KNOWN_PROTOCOLS.join(", ")}`,
  );
}
