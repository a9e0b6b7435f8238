import { clientOf, networkOf } from './network.rule.js';

it.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['127.0.0.1', '127.0.0.0/24'],
  ['2001:db8:7:8:9:a:b:c', '2001:db8:7::/48'],
  ['2001:0DB8:0007::1', '2001:db8:7::/48'],
  ['2001:db8::1', '2001:db8::/48'],
  ['::1', '::/48'],
  ['fe80::1%eth0', 'fe80::/48'],
  ['64:ff9b::192.0.2.33', '64:ff9b::/48'],
  ['', null],
  ['unknown', null],
  ['203.0.113', null],
])('keeps of %s the network %s', (address, network) => expect(networkOf(address)).toBe(network));

it.each([
  ['203.0.113.77', '203.0.113.77'],
  ['::ffff:203.0.113.77', '203.0.113.77'],
  ['2001:db8:7:8:9:a:b:c', '2001:db8:7:8::/64'],
  ['2001:0DB8:0007:0008::1', '2001:db8:7:8::/64'],
  ['2001:db8::1', '2001:db8::/64'],
  ['::1', '::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['unknown', 'unknown'],
])('takes %s for the client %s', (address, client) => expect(clientOf(address)).toBe(client));
