// Starts what starts the servers, and the hostile one, once for all test files, which find them in their environment.

import { launchHostile } from "./hostile.ts";
import { launch } from "./servers.ts";

export default async function setup(): Promise<() => Promise<void>> {
  const [launcher, hostile] = await Promise.all([launch(), launchHostile()]);
  process.env["GRADLINK_LAUNCHER"] = launcher.url;
  process.env["GRADLINK_HOSTILE"] = hostile.url;
  return async () => {
    await Promise.all([launcher.stop(), hostile.stop()]);
  };
}
