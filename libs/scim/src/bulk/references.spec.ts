import { type ScimAttributes } from '../json.js';
import { GROUP } from '../schema/group.js';
import { USER } from '../schema/user.js';
import { referencesIn, resolveReferences, splitBody } from './references.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const upper = (bulkId: string) => bulkId.toUpperCase();

describe('bulkId references (RFC 7644 §3.7.2)', () => {
  it.each<[string, unknown, unknown]>([
    [
      'a value',
      { members: [{ value: 'bulkId:qwerty', type: 'User' }] },
      { members: [{ value: 'QWERTY', type: 'User' }] },
    ],
    ['a manager', { [ENTERPRISE]: { manager: { value: 'bulkId:q' } } }, { [ENTERPRISE]: { manager: { value: 'Q' } } }],
    ['a manager as a string', { [ENTERPRISE]: { manager: 'bulkId:q' } }, { [ENTERPRISE]: { manager: 'Q' } }],
    ['a $ref', { $ref: '../Users/bulkId:q' }, { $ref: '../Users/Q' }],
    [
      'an absolute $ref',
      { $ref: 'https://tide.example.com/Users/bulkId:q%20w' },
      { $ref: 'https://tide.example.com/Users/Q W' },
    ],
    ['a path', { path: 'members[value eq "bulkId:q"]' }, { path: 'members[value eq "Q"]' }],
    [
      'a path with two',
      { path: 'members[value eq "bulkId:q" or value eq "bulkId:w"]' },
      { path: 'members[value eq "Q" or value eq "W"]' },
    ],
    ['a path with an escaped quote', { path: 'members[value eq "bulkId:q\\"w"]' }, { path: 'members[value eq "Q"W"]' }],
    ['a name', { 'members[value eq "bulkId:q"].display': 'x' }, { 'members[value eq "Q"].display': 'x' }],
    ['another case', 'BulkID:q', 'Q'],
    ['an id with slashes and spaces', 'bulkId:a/b c"d', 'A/B C"D'],
    ['an id that is a property name of every object', 'bulkId:__proto__', '__PROTO__'],
    ['other strings', ['a bulkId:q in a sentence', 'bulkId:', 'bulkId', 1, true, null], undefined],
  ])('are resolved in %s', (_, value, resolved = value) => {
    expect(resolveReferences(value as never, upper)).toEqual(resolved);
  });

  it('are listed without a change to the value', () => {
    expect(referencesIn(['bulkId:a', { $ref: '/Users/bulkId:b', value: 'bulkId:a' }])).toEqual(new Set(['a', 'b']));
  });

  it.each(['"bulkId:', '\\"bulkId:', '/bulkId:', '"bulkId:a\\', '"bulkId:a" or '])(
    'are searched in a megabyte of %s in linear time',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(typeof resolveReferences(`x${text}`, () => 'id')).toBe('string');
    },
  );
});

describe('splitBody', () => {
  it('moves only the values that refer to later resources', () => {
    const members: ScimAttributes[] = [
      { value: 'bulkId:a' },
      { value: 'bulkId:b' },
      { value: 'bulkId:a', type: 'User' },
    ];
    expect(splitBody(GROUP, { displayName: 'Admins', members }, new Set(['b']))).toEqual({
      now: { displayName: 'Admins', members: [members[0]!, members[2]!] },
      then: [{ op: 'add', path: 'members', value: [members[1]!] }],
    });
    const manager = { value: 'bulkId:b' };
    const user = { userName: 'alice', [ENTERPRISE]: { manager, department: 'Sales' } };
    expect(splitBody(USER, user, new Set(['b']))).toEqual({
      now: { userName: 'alice', [ENTERPRISE]: { department: 'Sales' } },
      then: [{ op: 'add', path: `${ENTERPRISE}:manager`, value: manager }],
    });
    expect(splitBody(USER, { userName: 'alice', [ENTERPRISE]: { manager } }, new Set(['b'])).now).toEqual({
      userName: 'alice',
    });
  });

  it('returns the whole body when no reference is deferred', () => {
    const body = { displayName: 'Admins', members: [{ value: 'bulkId:a' }] };
    expect(splitBody(GROUP, body, new Set())).toEqual({ now: body, then: [] });
    expect(splitBody(GROUP, undefined, new Set(['a']))).toEqual({ now: undefined, then: [] });
  });

  it('refuses a required attribute that refers to a later resource', () => {
    expect(() => splitBody(USER, { userName: 'bulkId:a' }, new Set(['a']))).toThrow(
      expect.objectContaining({ code: 'unresolved', status: 409 }),
    );
  });
});
