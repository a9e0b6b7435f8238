import { isAllowedAddress } from './special-networks.rule.js';

/** The bounds of each block of the two IANA registries that is not a private network, and of the deprecated forms. */
const NEVER = [
  ['0.0.0.0', '0.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['192.0.0.0', '192.0.0.7', '192.0.0.8', '192.0.0.9', '192.0.0.10', '192.0.0.170', '192.0.0.171', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.2', '192.88.99.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ['::', '::2', '::169.254.169.254', '::8.8.8.8', '::ffff:ffff'],
  ['::ffff:0:0:0', '::ffff:0:169.254.169.254', '::ffff:0:ffff:ffff'],
  ['64:ff9b::', '64:ff9b::169.254.169.254', '64:ff9b::ffff:ffff'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::', '100::ffff:ffff:ffff:ffff', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::', '2001:0:ffff::', '2001:1::1', '2001:1::2', '2001:1::3', '2001:2::1', '2001:3::1', '2001:4:112::1'],
  ['2001:10::', '2001:20::', '2001:30::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::', 'fe80::1', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::ffff:203.0.113.1'],
  ['::FFFF:A9FE:A9FE', '0:0:0:0:0:ffff:169.254.169.254', '::ffff:169.254.169.254%eth0', 'fe80::1%eth0'],
  ['64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '2002:7f00:1::1', '2001:0:a9fe:a9fe::'],
].flat();
/** What other programs read as an address: octal, hexadecimal and short forms. */
const NO_ADDRESS = [
  '',
  'x',
  '0177.0.0.1',
  '010.0.0.1',
  '0x7f.0.0.1',
  '127.1',
  '2130706433',
  '::ffff:0177.0.0.1',
  '[::1]',
];
const PRIVATE = [
  ['10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1', '127.255.255.255'],
  ['172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255'],
  ['::1', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::ffff:10.0.0.1', '::ffff:7f00:1'],
  ['::FFFF:7F00:1', '::ffff:127.0.0.1%eth0', '::1%eth0'],
].flat();
/** Neighbours of those blocks, and public addresses. */
const PUBLIC = [
  ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '128.0.0.0', '169.253.255.255'],
  ['172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.88.98.255', '192.88.100.0', '198.17.255.255'],
  ['198.20.0.0', '198.51.99.255', '203.0.114.0', '223.255.255.255', '8.8.8.8', '::ffff:8.8.8.8'],
  ['64:ff9a::1', '101::1', '2001:200::', '2001:db7::1', '2001:db9::1', '2003::1', '2606:4700::1111', '3ffe::1'],
  ['3fff:1000::', '5eff::1', '5f01::1', '2620:4f:8001::'],
].flat();

it.each(NEVER)('%s is never allowed', (address) =>
  expect([isAllowedAddress(address, false), isAllowedAddress(address, true)]).toEqual([false, false]),
);
it.each(NO_ADDRESS)('"%s" is no address and never allowed', (address) =>
  expect([isAllowedAddress(address, false), isAllowedAddress(address, true)]).toEqual([false, false]),
);
it.each(PRIVATE)('%s is allowed only with private networks', (address) =>
  expect([isAllowedAddress(address, false), isAllowedAddress(address, true)]).toEqual([false, true]),
);
it.each(PUBLIC)('%s is allowed', (address) => expect(isAllowedAddress(address, false)).toBe(true));
