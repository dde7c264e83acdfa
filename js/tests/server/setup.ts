// Starts what starts the servers, once for all test files, which find it in their environment.

import { launch } from "./servers.ts";

export default async function setup(): Promise<() => Promise<void>> {
  const launcher = await launch();
  process.env["GRADLINK_LAUNCHER"] = launcher.url;
  return launcher.stop;
}
