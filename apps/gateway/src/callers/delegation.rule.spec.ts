import { type ApiKeyCaller, type Person } from './caller.js';
import { canDelegate, rolesCover } from './delegation.rule.js';
import { type Reach, type Role } from './roles.js';

const [ACME, OTHER] = ['acme', 'other'];
const at = (day: number) => new Date(Date.UTC(2026, 2, day));

type Rights = Pick<ApiKeyCaller, 'scopes' | 'integrations' | 'expiresAt'>;
const ALL: Rights = { scopes: 'all', integrations: 'all', expiresAt: null };
const SOME: Rights = { scopes: ['access:read', 'keys:write'], integrations: [ACME], expiresAt: at(10) };

describe('a key creating a key', () => {
  it.each<[string, Rights, Rights, boolean]>([
    ['with all rights: all rights', ALL, ALL, true],
    ['with all rights: some rights', ALL, SOME, true],
    ['the same rights', SOME, SOME, true],
    ['one of its scopes', SOME, { ...SOME, scopes: ['access:read'] }, true],
    ['no scopes', SOME, { ...SOME, scopes: [] }, true],
    ['a scope that it does not have', SOME, { ...SOME, scopes: ['access:read', 'access:write'] }, false],
    ['an explicit scope, with all scopes for all integrations', ALL, { ...ALL, scopes: ['access:review-as'] }, true],
    [
      'an explicit scope, with all scopes for one integration',
      { ...ALL, integrations: [ACME] },
      { ...ALL, integrations: [ACME], scopes: ['access:review-as'] },
      false,
    ],
    [
      'an explicit scope that it has',
      { ...SOME, scopes: ['access:review-as'] },
      { ...SOME, scopes: ['access:review-as'] },
      true,
    ],
    ['all scopes, with some scopes', SOME, { ...SOME, scopes: 'all' }, false],
    ['an integration that it does not have', SOME, { ...SOME, integrations: [ACME, OTHER] }, false],
    ['all integrations, with one integration', SOME, { ...SOME, integrations: 'all' }, false],
    ['a later expiry', SOME, { ...SOME, expiresAt: new Date(at(10).getTime() + 1) }, false],
    ['an earlier expiry', SOME, { ...SOME, expiresAt: at(9) }, true],
    ['no expiry, with an expiry', SOME, { ...SOME, expiresAt: null }, false],
    ['an expiry, without expiry', { ...SOME, expiresAt: null }, SOME, true],
  ])('%s', (_, own, rights, allowed) => {
    expect(canDelegate({ kind: 'key', keyId: 'k', name: 'key', maker: null, person: null, ...own }, rights)).toBe(
      allowed,
    );
  });
});

describe('a person creating a key', () => {
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
    ['all rights, by an administrator of all integrations', admin('all'), ALL, true],
    ['all scopes for one integration, by its administrator', admin([ACME]), { ...ALL, integrations: [ACME] }, true],
    ['all scopes for another integration', admin([ACME]), { ...ALL, integrations: [OTHER] }, false],
    ['all rights, by an administrator of one integration', admin([ACME]), ALL, false],
    ['all scopes, by an auditor of all integrations', auditor, { ...ALL, integrations: [OTHER] }, false],
    ['scopes of auditors, by an auditor', auditor, { ...ALL, scopes: ['access:read'] }, true],
    ['scopes of administrators, by an administrator', auditor, SOME, true],
    [
      'a scope of administrators for an integration of an auditor',
      auditor,
      { ...SOME, integrations: [ACME, OTHER] },
      false,
    ],
    ['no expiry: roles have none', admin([ACME]), { ...SOME, expiresAt: null }, true],
  ])('%s', (_, caller, rights, allowed) => {
    expect(canDelegate(caller, rights)).toBe(allowed);
  });
});

const roles = (admin: Reach, auditor: Reach): Person['roles'] => ({ member: auditor, auditor, admin });

it.each([
  ['all scopes of all integrations, for an administrator of all', 'all', 'all', roles('all', 'all'), true],
  ['all scopes of all integrations, for an administrator of one', 'all', 'all', roles(['a'], ['a']), false],
  ['all scopes of one, for its administrator', 'all', ['a'], roles(['a'], ['a']), true],
  ['all scopes of one, for its auditor', 'all', ['a'], roles([], ['a']), false],
  ['access:read of one, for its auditor', ['access:read'], ['a'], roles([], ['a', 'b']), true],
  ['access:read of two, for the auditor of one', ['access:read'], ['a', 'b'], roles([], ['a']), false],
  ['access:write of one, for its auditor', ['access:read', 'access:write'], ['a'], roles(['b'], ['a', 'b']), false],
] as const)('roles cover %s', (_what, scopes, integrations, held, expected) =>
  expect(rolesCover(held, { scopes, integrations })).toBe(expected),
);
