import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network of an address: enough to tell Okta from a stranger, and not who it is.
 * @param address as the socket, or a trusted proxy, gives it
 * @returns a /24 of IPv4, `203.0.113.0/24`, or a /48 of IPv6, which is what one site is given (RFC 6177):
 *   `2001:db8:7::/48`; null when it is no address
 */
export function networkOf(address: string): string | null {
  const plain = plainOf(address);
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  return isIPv6(plain) ? prefixOf(plain, 3) : null;
}

/**
 * The client behind an address, for limits: an IPv4 address itself, or the /64 of an IPv6 address, since one host has all
 * addresses of its subnet (RFC 4291 §2.5.4).
 * @param address as the socket, or a trusted proxy, gives it; what is no address is a client of its own
 */
export function clientOf(address: string): string {
  const plain = plainOf(address);
  return isIPv6(plain) ? prefixOf(plain, 4) : plain;
}

/** Without the zone of a link-local address (RFC 4007 §11); of a mapped address the IPv4 address (RFC 4291 §2.5.5.2). */
function plainOf(address: string): string {
  const [plain = ''] = address.split('%');
  return MAPPED.exec(plain)?.[1] ?? plain;
}

/** The network of so many groups of 16 bits. */
const prefixOf = (address: string, groups: number): string =>
  `${canonical(`${groupsOf(canonical(address)).slice(0, groups).join(':')}::`)}/${groups * 16}`;

/** RFC 5952, as every URL has it. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** All eight groups of a canonical address. */
function groupsOf(address: string): string[] {
  const [before, after] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const known = [before ?? [], after ?? []] as const;
  return [...known[0], ...Array<string>(8 - known[0].length - known[1].length).fill('0'), ...known[1]];
}
