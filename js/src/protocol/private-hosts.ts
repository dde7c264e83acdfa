/** Hosts that an app must not make its callers ask: of this machine, or of a private network. Vectors: files/private. */

import { resolve } from "./routes.ts";

/** IPv4 networks that are not the public internet, each as its first address and the bits that count. */
const PRIVATE_V4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3";
/** The same of IPv6, whose public addresses all lie in 2000::/3. */
const PRIVATE_V6 = "2001::/23 2001:db8::/32 3fff::/20";

/**
 * Tell whether `url` names a host of this machine or of a private network by its address.
 *
 * An app must not make its callers ask their own network for a file.
 */
export function isPrivateAddress(url: string): boolean {
  const host = resolve(url, url)?.hostname.replace(/\.$/, "") ?? "";
  return host === "localhost" || host.endsWith(".localhost") || isPrivateHost(host);
}

/** Tell the same of a host that is an address: `127.0.0.1`, `::1` or `[::1]`; a name is none. */
export function isPrivateHost(host: string): boolean {
  const v4 = bytesOf(host);
  if (v4) return lies(v4, PRIVATE_V4, 8, bytesOf);
  const v6 = groupsOf(host.replace(/^\[|\]$/g, ""));
  if (!v6) return false;
  const [first = 0] = v6;
  // Addresses that stand for one of IPv4: mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16).
  const rest = v6.slice(0, 6).join();
  if (rest === "0,0,0,0,0,65535" || rest === "100,65435,0,0,0,0") return isPrivateHost(dotted(v6, 6));
  if (first === 0x2002) return isPrivateHost(dotted(v6, 1));
  return (first & 0xe000) !== 0x2000 || lies(v6, PRIVATE_V6, 16, groupsOf);
}

/** Tell whether an address lies in one of these networks. */
function lies(
  parts: readonly number[],
  networks: string,
  bits: number,
  read: (text: string) => number[] | undefined,
): boolean {
  return networks.split(" ").some((network) => {
    const [text = "", size] = network.split("/");
    const first = read(text) ?? [];
    return parts.every((part, index) => {
      const unused = Math.max(0, Math.min(bits, bits * (index + 1) - Number(size)));
      return part >> unused === (first[index] as number) >> unused;
    });
  });
}

function bytesOf(host: string): number[] | undefined {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? host.split(".").map(Number) : undefined;
}

/** Return the eight groups of an IPv6 address; undefined if it is none. A zone (`%eth0`) does not count. */
function groupsOf(text: string): number[] | undefined {
  const host = text.replace(/%.*/, "").replace(/:(\d{1,3}(?:\.\d{1,3}){3})$/, (_, v4: string) => {
    const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
    return `:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  if (!/^[0-9a-f:]{2,39}$/i.test(host)) return undefined;
  const [before = "", after] = host.split("::");
  const head = before ? before.split(":") : [];
  const tail = after ? after.split(":") : [];
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  const all = [...head, ...Array<string>(Math.max(0, gap)).fill("0"), ...tail];
  return all.length === 8 ? all.map((group) => Number.parseInt(group, 16)) : undefined;
}

/** Return the IPv4 address in the two groups of an IPv6 address from `index` on. */
function dotted(groups: readonly number[], index: number): string {
  return [0, 1]
    .flatMap((more) => [(groups[index + more] as number) >> 8, (groups[index + more] as number) & 255])
    .join(".");
}
