import { safeReturnTo } from './return-to.rule.js';

describe('the redirect after a login', () => {
  it.each<[string, string]>([
    ['/', '/'],
    ['/api/v1/me', '/api/v1/me'],
    ['/a?b=c&d=/e#f', '/a?b=c&d=/e#f'],
    ['/a?next=https://evil.example', '/a?next=https://evil.example'],
    ['/a/../b', '/b'],
    [`/${'a'.repeat(4_095)}`, `/${'a'.repeat(4_095)}`],
  ])('to the path %.40s', (given, path) => {
    expect(safeReturnTo(given)).toBe(path);
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [7],
    [['/a']],
    [''],
    ['a'],
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\\\evil.example'],
    ['/a\\b'],
    ['https://evil.example'],
    ['https:evil.example'],
    ['javascript:alert(1)'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/a\r\nSet-Cookie: a=b'],
    [' /a'],
    ['/a b'],
    ['/ä'],
    ['/..//evil.example'],
    ['/a/..//evil.example'],
    ['/.//evil.example'],
    [`/${'a'.repeat(4_096)}`],
  ])('to / instead of %j', (given) => {
    expect(safeReturnTo(given)).toBe('/');
  });
});
