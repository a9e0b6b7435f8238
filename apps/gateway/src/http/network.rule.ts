import { isIPv4, isIPv6 } from 'node:net';

/** Length of a network prefix. */
interface PrefixBits {
  ipv4: number;
  ipv6: number;
}

/** Identifies a site without identifying a person; for IPv6 the prefix of one site (RFC 6177). */
const SITE: PrefixBits = { ipv4: 24, ipv6: 48 };
/** Identifies a client; for IPv6 all addresses of a link (RFC 4291 §2.5.4). */
const CLIENT: PrefixBits = { ipv4: 32, ipv6: 64 };

/**
 * The network of an address.
 * @param address from the socket or a proxy; some proxies append the port, `203.0.113.7:4711` or
 *   `[2001:db8::1]:4711` (RFC 7239 §6)
 * @param bits default: SITE
 * @returns `203.0.113.0/24` or `2001:db8:7::/48` (RFC 5952); null for an invalid address
 */
export function networkOf(address: string, bits: PrefixBits = SITE): string | null {
  const [plain = ''] = withoutPort(address).split('%'); // the zone of a link-local address (RFC 4007 §11)
  if (isIPv4(plain)) return networkOfV4(plain.split('.').map(Number), bits.ipv4);
  if (!isIPv6(plain)) return null;
  const groups = groupsOf(plain);
  const [high = 0, low = 0] = groups.slice(6);
  // IPv4-mapped (RFC 4291 §2.5.5.2)
  if (groups.slice(0, 6).join() === '0,0,0,0,0,65535')
    return networkOfV4([high >> 8, high & 255, low >> 8, low & 255], bits.ipv4);
  const kept = masked(groups, 16, bits.ipv6).map((group) => group.toString(16));
  return `${canonical(kept.join(':'))}/${bits.ipv6}`;
}

/** Removes the port, and the brackets of an IPv6 address. */
function withoutPort(address: string): string {
  const [, host = address] = /^\[([^\]]*)\](?::\d+)?$/.exec(address) ?? /^([\d.]+):\d+$/.exec(address) ?? [];
  return host;
}

const networkOfV4 = (bytes: readonly number[], bits: number): string => `${masked(bytes, 8, bits).join('.')}/${bits}`;

/** Sets all bits after the first `bits` to 0. @param width bits of each part */
function masked(parts: readonly number[], width: number, bits: number): number[] {
  return parts.map((part, i) => {
    const dropped = Math.min(Math.max((i + 1) * width - bits, 0), width);
    return (part >> dropped) << dropped;
  });
}

/**
 * The rate limit key of a client: an IPv4 address, or the /64 of an IPv6 address. Invalid addresses share one key.
 * @param address as for `networkOf`
 */
export const clientOf = (address: string): string => networkOf(address, CLIENT) ?? 'unknown';

/** The rate limit key of a network. Invalid addresses share one key. @param address as for `networkOf` */
export const siteOf = (address: string): string => networkOf(address) ?? 'unknown';

/** RFC 5952; the URL parser normalizes IPv6 hosts. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** @returns the eight groups of an IPv6 address */
function groupsOf(address: string): number[] {
  const [before = [], after = []] = canonical(address)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const between = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...between, ...after].map((group) => parseInt(group, 16));
}
