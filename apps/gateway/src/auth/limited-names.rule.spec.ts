import { limitedNamesOf } from './limited-names.rule.js';

const from = (ip: string, forwarded?: string) => ({
  ip,
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('what one client may do so often a minute is counted', () => {
  it.each([
    ['an IPv4 address', from('203.0.113.9'), '203.0.113.9/32'],
    ['the half of an IPv6 address that a link has', from('2001:db8::7:2:3:4'), '2001:db8::/64'],
    ['no address', from(''), 'unknown'],
  ])('under %s', (_what, request, name) => expect(limitedNamesOf(request, false, 10)).toEqual([{ name, most: 10 }]));

  it('under what a trusted proxy made of the address', () =>
    expect(limitedNamesOf(from('203.0.113.9', '198.51.100.7, 203.0.113.9'), true, 10)).toEqual([
      { name: '203.0.113.9/32', most: 10 },
    ]));

  it.each([
    ['198.51.100.7', '198.51.100.7/32'],
    ['192.0.2.1, 198.51.100.7', '198.51.100.7/32'],
    ['2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
    ['192.0.2.1, 203.0.113.7:4711', '203.0.113.7/32'],
    ['[2001:db8:1:2:3::4]:4711', '2001:db8:1:2::/64'],
    ['made up', 'unknown'],
    ['', 'unknown'],
  ])('behind a proxy that is not trusted, which says %s, for %s and for all together', (forwarded, said) =>
    expect(limitedNamesOf(from('10.0.0.1', forwarded), false, 10)).toEqual([
      { name: `10.0.0.1/32 for ${said}`, most: 10 },
      { name: '10.0.0.1/32', most: 60 },
    ]),
  );

  it('as whatever an address counts as', () => {
    const request = from('10.0.0.1', '198.51.100.7');
    expect(limitedNamesOf(request, false, 10, (address) => `[${address}]`)).toEqual([
      { name: '[10.0.0.1] for [198.51.100.7]', most: 10 },
      { name: '[10.0.0.1]', most: 60 },
    ]);
  });
});
