import { type KeyHolder, type Person } from './caller.js';
import { mayHandOn, rolesCover } from './handing-on.rule.js';
import { type Reach, type Role } from './roles.js';

const [ACME, OTHER] = ['acme', 'other'];
const at = (day: number) => new Date(Date.UTC(2026, 2, day));

type Rights = Pick<KeyHolder, 'scopes' | 'integrations' | 'expiresAt'>;
const ALL: Rights = { scopes: 'all', integrations: 'all', expiresAt: null };
const SOME: Rights = { scopes: ['access:read', 'keys:write'], integrations: [ACME], expiresAt: at(10) };

describe('what a key may hand on', () => {
  it.each<[string, Rights, Rights, boolean]>([
    ['everything, when it may do everything', ALL, ALL, true],
    ['less of everything', ALL, SOME, true],
    ['exactly what it has', SOME, SOME, true],
    ['one of its scopes', SOME, { ...SOME, scopes: ['access:read'] }, true],
    ['no scope at all', SOME, { ...SOME, scopes: [] }, true],
    ['a scope that it does not have', SOME, { ...SOME, scopes: ['access:read', 'access:write'] }, false],
    [
      'a scope that must be named, when it has all scopes everywhere',
      ALL,
      { ...ALL, scopes: ['access:review-as'] },
      true,
    ],
    [
      'a scope that must be named, when it has all scopes somewhere',
      { ...ALL, integrations: [ACME] },
      { ...ALL, integrations: [ACME], scopes: ['access:review-as'] },
      false,
    ],
    [
      'a scope that must be named, when it has it',
      { ...SOME, scopes: ['access:review-as'] },
      { ...SOME, scopes: ['access:review-as'] },
      true,
    ],
    ['all scopes when it has some', SOME, { ...SOME, scopes: 'all' }, false],
    ['one more integration', SOME, { ...SOME, integrations: [ACME, OTHER] }, false],
    ['all integrations when it has some', SOME, { ...SOME, integrations: 'all' }, false],
    ['a moment longer than itself', SOME, { ...SOME, expiresAt: new Date(at(10).getTime() + 1) }, false],
    ['for less time', SOME, { ...SOME, expiresAt: at(9) }, true],
    ['for ever, when it has an end', SOME, { ...SOME, expiresAt: null }, false],
    ['for a time, when it has none', { ...SOME, expiresAt: null }, SOME, true],
  ])('%s', (_, own, rights, may) => {
    expect(mayHandOn({ kind: 'key', keyId: 'k', name: 'key', maker: null, person: null, ...own }, rights)).toBe(may);
  });
});

describe('what a person may hand on', () => {
  const person = (roles: Partial<Record<Role, Reach>>): Person => ({
    kind: 'person',
    sessionId: 's',
    issuer: 'https://acme.okta.com',
    subject: 'dan',
    roles: { member: [], auditor: [], admin: [], ...roles },
    users: {},
    authenticatedAt: 0,
    csrfToken: 'c',
  });
  const admin = (reach: Reach) => person({ member: reach, auditor: reach, admin: reach });
  const auditor = person({ member: 'all', auditor: 'all', admin: [ACME] });

  it.each<[string, Person, Rights, boolean]>([
    ['everything as administrator of all', admin('all'), ALL, true],
    ['everything there as administrator of one', admin([ACME]), { ...ALL, integrations: [ACME] }, true],
    ['everything elsewhere', admin([ACME]), { ...ALL, integrations: [OTHER] }, false],
    ['everything everywhere as administrator of one', admin([ACME]), ALL, false],
    ['all scopes as auditor of all', auditor, { ...ALL, integrations: [OTHER] }, false],
    ['what auditors may do, where one is auditor', auditor, { ...ALL, scopes: ['access:read'] }, true],
    ['what administrators may do, where one is administrator', auditor, SOME, true],
    ['one scope of administrators elsewhere', auditor, { ...SOME, integrations: [ACME, OTHER] }, false],
    ['what has no end: a role has none either', admin([ACME]), { ...SOME, expiresAt: null }, true],
  ])('%s', (_, caller, rights, may) => {
    expect(mayHandOn(caller, rights)).toBe(may);
  });
});

const roles = (admin: Reach, auditor: Reach): Person['roles'] => ({ member: auditor, auditor, admin });

it.each([
  ['all scopes everywhere, for an administrator of everything', 'all', 'all', roles('all', 'all'), true],
  ['all scopes everywhere, for an administrator of one', 'all', 'all', roles(['a'], ['a']), false],
  ['all scopes of one, for its administrator', 'all', ['a'], roles(['a'], ['a']), true],
  ['all scopes of one, for its auditor', 'all', ['a'], roles([], ['a']), false],
  ['reading of one, for its auditor', ['access:read'], ['a'], roles([], ['a', 'b']), true],
  ['reading of two, for the auditor of one', ['access:read'], ['a', 'b'], roles([], ['a']), false],
  ['writing of one, for its auditor', ['access:read', 'access:write'], ['a'], roles(['b'], ['a', 'b']), false],
] as const)('roles cover %s', (_what, scopes, integrations, held, expected) =>
  expect(rolesCover(held, { scopes, integrations })).toBe(expected),
);
