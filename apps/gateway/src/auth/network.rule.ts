import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network of an address: enough to tell Okta from a stranger, and not who it is.
 * @param address as the socket, or a trusted proxy, gives it
 * @returns a /24 of IPv4, `203.0.113.0/24`, or a /48 of IPv6, which is what one site is given (RFC 6177):
 *   `2001:db8:7::/48`; null when it is no address
 */
export function networkOf(address: string): string | null {
  const [plain = ''] = address.split('%'); // the zone of a link-local address (RFC 4007 §11)
  const v4 = MAPPED.exec(plain)?.[1] ?? plain;
  if (isIPv4(v4)) return `${v4.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(plain)) return null;
  return `${canonical(`${groupsOf(canonical(plain)).slice(0, 3).join(':')}::`)}/48`;
}

/** RFC 5952, as every URL has it. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

/** All eight groups of a canonical address. */
function groupsOf(address: string): string[] {
  const [before, after] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const known = [before ?? [], after ?? []] as const;
  return [...known[0], ...Array<string>(8 - known[0].length - known[1].length).fill('0'), ...known[1]];
}
