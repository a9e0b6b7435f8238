import { BlockList, isIP } from 'node:net';

/**
 * Networks in which a login provider is never allowed: the IANA special-purpose registries as of 2026-11
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry) without the private networks
 * below; multicast (RFC 5771, 4291 §2.7); and deprecated forms of IPv6 that are no longer registered. They include the IPv6
 * prefixes that embed an IPv4 address.
 */
const NEVER_V4 = [
  '0.0.0.0/8', // this network (RFC 791 §3.2)
  '169.254.0.0/16', // link-local (RFC 3927), where cloud providers serve the credentials of machines
  '192.0.0.0/24', // IETF protocol assignments (RFC 6890 §2.1), including all exceptions within it
  '192.0.2.0/24', // documentation, TEST-NET-1 (RFC 5737)
  '192.31.196.0/24', // AS112-v4 (RFC 7535)
  '192.52.193.0/24', // AMT (RFC 7450)
  '192.88.99.0/24', // 6to4 relay anycast (RFC 7526), with 192.88.99.2/32 (RFC 6751)
  '192.175.48.0/24', // direct delegation AS112 (RFC 7534)
  '198.51.100.0/24', // documentation, TEST-NET-2 (RFC 5737)
  '203.0.113.0/24', // documentation, TEST-NET-3 (RFC 5737)
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved (RFC 1112 §4), with limited broadcast (RFC 8190)
];
const NEVER_V6 = [
  '64:ff9b::/96', // IPv4-IPv6 translation (RFC 6052)
  '64:ff9b:1::/48', // the same, local use (RFC 8215)
  '::ffff:0:0:0/96', // IPv4-translated (RFC 7915)
  '100::/64', // discard-only (RFC 6666)
  '100:0:0:1::/64', // dummy prefix (RFC 9780)
  '2001::/23', // IETF protocol assignments (RFC 2928): Teredo, anycasts, benchmarking, AMT, AS112-v6, ORCHID, drone ids
  '2001:db8::/32', // documentation (RFC 3849)
  '2002::/16', // 6to4 (RFC 3056)
  '2620:4f:8000::/48', // direct delegation AS112 (RFC 7534)
  '3fff::/20', // documentation (RFC 9637)
  '5f00::/16', // segment routing SIDs (RFC 9602)
  'fe80::/10', // link-local (RFC 4291)
  'fec0::/10', // site-local, deprecated (RFC 3879)
  'ff00::/8', // multicast
];
/** Private networks (RFC 1918, 4193, 6598), benchmarks (RFC 2544), and loopback (RFC 1122 §3.2.1.3). */
const PRIVATE_V4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15'];
const PRIVATE_V6 = ['::1/128', 'fc00::/7'];

const NEVER = blockList([...NEVER_V4, ...NEVER_V6]);
// `::/96` except `::1`: the unspecified address, and IPv4-compatible addresses (RFC 4291 §2.5.5.1).
NEVER.addAddress('::', 'ipv6');
NEVER.addRange('::2', '::ffff:ffff', 'ipv6');
const PRIVATE = blockList([...PRIVATE_V4, ...PRIVATE_V6]);

/**
 * @param address IPv4 or IPv6; IPv4-mapped addresses (`::ffff:10.0.0.1`) are treated as IPv4
 * @param allowPrivate whether private networks are allowed
 * @returns whether a login provider may have this address; false for what is no address, such as `0177.0.0.1`
 */
export function isAllowedAddress(address: string, allowPrivate: boolean): boolean {
  const version = isIP(address);
  if (version === 0) return false; // BlockList would find it in no network
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return !NEVER.check(address, family) && (allowPrivate || !PRIVATE.check(address, family));
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
