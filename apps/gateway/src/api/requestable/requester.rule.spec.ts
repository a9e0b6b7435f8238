import { type Access } from '../../callers/access.rule.js';
import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { scopeToRequesters } from './requester.rule.js';

const [ACME, OTHER] = ['acme', 'other'];
const [ALICE, ALICE_TOO, BOB] = ['alice', 'alice-too', 'bob'];
const key = { kind: 'key' } as ApiKeyCaller;
const person = (users: Record<string, string>) => ({ kind: 'person', users }) as Person;
const NONE: Access = { reach: [], own: {} };
const ALL: Access = { reach: 'all', own: {} };
const ADMIN: Access = { reach: [ACME], own: {} };
const TWICE = person({ [ACME]: ALICE, [OTHER]: ALICE_TOO });
const REFUSED = expect.objectContaining({ code: 'notAllowed' });

it.each<[string, Parameters<typeof scopeToRequesters>, object | undefined]>([
  ['a person: all own users', [TWICE, NONE, {}], { reach: [ACME, OTHER], userIds: [ALICE, ALICE_TOO], asMember: true }],
  [
    'a person, of one integration',
    [TWICE, NONE, { integrationId: OTHER }],
    { reach: [OTHER], userIds: [ALICE_TOO], asMember: true },
  ],
  ['a person, by the own user', [TWICE, NONE, { userId: ALICE }], { reach: [ACME], userIds: [ALICE], asMember: true }],
  [
    'an administrator who names nobody',
    [TWICE, ALL, {}],
    { reach: [ACME, OTHER], userIds: [ALICE, ALICE_TOO], asMember: true },
  ],
  ['an administrator who names another user', [TWICE, ADMIN, { userId: BOB }], { reach: [ACME], userIds: [BOB] }],
  ['a person who is no user there', [TWICE, NONE, { integrationId: 'third' }], undefined],
  ['an administrator without users', [person({}), ALL, {}], undefined],
  ['a key that names a user', [key, ALL, { userId: BOB, integrationId: ACME }], { reach: 'all', userIds: [BOB] }],
])('%s', (_, args, expected) => expect(scopeToRequesters(...args)).toEqual(expected));

it('a member who names another user is refused', () => {
  for (const filter of [{ userId: BOB }, { userId: ALICE, integrationId: OTHER }])
    expect(() => scopeToRequesters(TWICE, NONE, filter)).toThrow(REFUSED);
});

it('a key must name a user', () => expect(() => scopeToRequesters(key, ALL, {})).toThrow(InvalidFields));
