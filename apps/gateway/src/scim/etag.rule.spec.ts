import { type UserRecord } from '@tidegate/contracts';
import { condition, ifMatchOf, isUnchanged, userVersion } from './etag.rule.js';

const group = (display: string) =>
  ({ value: 'g1', display, type: 'direct' }) as unknown as UserRecord['groups'][number];

describe('the version of a user', () => {
  it('is its number, and a digest of the groups in the response', () => {
    expect(userVersion({ version: 7, groups: [] })).toBe('7');
    expect(userVersion({ version: 7, groups: [group('Ops')] })).toMatch(/^7-[0-9a-f]{16}$/);
  });
  it('changes only when the groups change', () => {
    const of = (display: string) => userVersion({ version: 7, groups: [group(display)] });
    expect(of('Ops')).toBe(of('Ops'));
    expect(of('Ops')).not.toBe(of('Operations'));
  });
});

describe('ifMatchOf', () => {
  it.each<[string, string | undefined, string | undefined, unknown]>([
    ['no condition', undefined, undefined, undefined],
    ['one version', 'W/"7"', undefined, [7]],
    ['a strong tag is compared weakly', '"7"', undefined, [7]],
    ['several', 'W/"7", "8",W/"9"', undefined, [7, 8, 9]],
    ['one of them twice', 'W/"7", "7"', undefined, [7]],
    ['a version with the digest of groups', 'W/"7-0123456789abcdef"', undefined, [7]],
    ['any', '*', undefined, '*'],
    ['any, with spaces', ' * ', undefined, '*'],
    ['a foreign tag', 'W/"abc"', undefined, []],
    ['a foreign tag beside a version', '"abc", "7"', undefined, [7]],
    ['a malformed digest', '"7-0123"', undefined, []],
    ['a number beyond all versions', `"${'9'.repeat(16)}"`, undefined, []],
    ['a negative number', '"-7"', undefined, []],
    ['no tag at all', '7', undefined, []],
    ['an empty header', '', undefined, []],
    ['If-None-Match: *', undefined, '*', []],
    ['If-None-Match: * with If-Match', 'W/"7"', ' * ', []],
    ['If-None-Match with a tag', undefined, 'W/"7"', undefined],
    ['If-None-Match with a tag, and If-Match', '"7"', '"7"', [7]],
  ])('%s', (_, ifMatch, ifNoneMatch, versions) => {
    expect(ifMatchOf(ifMatch, ifNoneMatch)).toEqual(versions);
  });

  it('are sent if there is a condition, even one that no version meets', () => {
    expect([condition(undefined), condition('*'), condition([]), condition([7])]).toEqual([
      {},
      { ifMatch: '*' },
      { ifMatch: [] },
      { ifMatch: [7] },
    ]);
  });
});

describe('isUnchanged', () => {
  it.each<[string | undefined, string, boolean]>([
    ['W/"7"', 'W/"7"', true],
    ['"7"', 'W/"7"', true],
    ['"6", W/"7"', 'W/"7"', true],
    ['*', 'W/"7"', true],
    [' * ', 'W/"7"', true],
    ['W/"7-0123456789abcdef"', 'W/"7-0123456789abcdef"', true],
    ['W/"7"', 'W/"7-0123456789abcdef"', false],
    ['W/"6"', 'W/"7"', false],
    ['7', 'W/"7"', false],
    ['', 'W/"7"', false],
    [undefined, 'W/"7"', false],
  ])('If-None-Match %j, tag %s: %s', (header, tag, expected) => {
    expect(isUnchanged(header, tag)).toBe(expected);
  });
});
