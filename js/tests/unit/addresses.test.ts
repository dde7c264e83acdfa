// Hosts as a look-up finds them; addresses as they stand in URLs are in vectors/files/private.json.

import { expect, test } from "vitest";
import { isPrivateHost } from "../../src/protocol/private-hosts.ts";

test.each([
  ["127.0.0.1", true],
  ["::1", true],
  ["[::1]", true],
  ["fe80::1%eth0", true],
  ["::ffff:10.0.0.1", true],
  ["::ffff:8.8.8.8", false],
  ["1:2:3:4:5:6:7:8", true],
  ["2606:4700:4700::1111", false],
  ["93.184.216.34", false],
  ["example.org", false],
  ["", false],
])("%s is private: %s", (host, expected) => {
  expect(isPrivateHost(host)).toBe(expected);
});
