import { rateLimitKeysOf } from './rate-limit-keys.rule.js';

const from = (ip: string, forwarded?: string) => ({
  ip,
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('the rate limit keys of a request', () => {
  it.each([
    ['an IPv4 address', from('203.0.113.9'), '203.0.113.9/32'],
    ['the /64 of an IPv6 address', from('2001:db8::7:2:3:4'), '2001:db8::/64'],
    ['no address', from(''), 'unknown'],
  ])('for %s', (_what, request, name) =>
    expect(rateLimitKeysOf(request, false, 10)).toEqual([{ key: name, limit: 10 }]),
  );

  it('behind a trusted proxy, for the address that it set', () =>
    expect(rateLimitKeysOf(from('203.0.113.9', '198.51.100.7, 203.0.113.9'), true, 10)).toEqual([
      { key: '203.0.113.9/32', limit: 10 },
    ]));

  it.each([
    ['198.51.100.7', '198.51.100.7/32'],
    ['192.0.2.1, 198.51.100.7', '198.51.100.7/32'],
    ['2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
    ['192.0.2.1, 203.0.113.7:4711', '203.0.113.7/32'],
    ['[2001:db8:1:2:3::4]:4711', '2001:db8:1:2::/64'],
    ['made up', 'unknown'],
    ['', 'unknown'],
  ])('behind an untrusted proxy with X-Forwarded-For %s, for %s and for the proxy', (forwarded, client) =>
    expect(rateLimitKeysOf(from('10.0.0.1', forwarded), false, 10)).toEqual([
      { key: `10.0.0.1/32 for ${client}`, limit: 10 },
      { key: '10.0.0.1/32', limit: 60 },
    ]),
  );

  it('with a custom key per address', () => {
    const request = from('10.0.0.1', '198.51.100.7');
    expect(rateLimitKeysOf(request, false, 10, (address) => `[${address}]`)).toEqual([
      { key: '[10.0.0.1] for [198.51.100.7]', limit: 10 },
      { key: '[10.0.0.1]', limit: 60 },
    ]);
  });
});
