import { type Person } from '../callers/caller.js';
import { administers, type GivenRole, type Link, ROOT_RIGHTS, computeRights } from './identity-rights.rule.js';
import { type Reach, type Role } from '../callers/roles.js';

const [ACME, OTHER] = ['acme', 'other'];
const link = (integrationId: string, active = true): Link => ({
  integrationId,
  userId: `${integrationId}-alice`,
  active,
  version: 1,
});
const role = (role: Role, reach: Reach): GivenRole => ({ role, reach });
const roles = (member: Reach, auditor: Reach = [], admin: Reach = []) => ({ member, auditor, admin });

describe('the rights of an identity', () => {
  it.each<[string, Link[], GivenRole[], Person['roles'] | undefined]>([
    ['none without user and role', [], [], undefined],
    ['none when its user is deactivated', [link(ACME, false)], [], undefined],
    ['a user is a member', [link(ACME)], [], roles([ACME])],
    ['a user of two integrations is a member of both', [link(ACME), link(OTHER)], [], roles([ACME, OTHER])],
    ['only active users are members', [link(ACME), link(OTHER, false)], [], roles([ACME])],
    ['a role without user', [], [role('auditor', [OTHER])], roles([OTHER], [OTHER])],
    ['a higher role includes the lower ones', [], [role('admin', [ACME])], roles([ACME], [ACME], [ACME])],
    ['a role for all integrations', [link(ACME)], [role('admin', 'all')], roles('all', 'all', 'all')],
    [
      'two roles, each in its own integrations',
      [],
      [role('admin', [ACME]), role('auditor', [OTHER])],
      roles([ACME, OTHER], [ACME, OTHER], [ACME]),
    ],
    [
      'a role does not extend to the integration of the user',
      [link(ACME)],
      [role('auditor', [OTHER])],
      roles([ACME, OTHER], [OTHER]),
    ],
  ])('%s', (_, links, given, expected) => {
    expect(computeRights(links, given)?.roles).toEqual(expected);
  });

  it('include active users only', () => {
    expect(computeRights([link(ACME), link(OTHER, false)], [])?.users).toEqual({ [ACME]: 'acme-alice' });
    expect(computeRights([], [role('member', 'all')])?.users).toEqual({});
  });
});

it('a login with a root key has all rights and no users', () => {
  expect(ROOT_RIGHTS).toEqual({ roles: roles('all', 'all', 'all'), users: {} });
});

it.each<[Reach, boolean]>([
  ['all', true],
  [[ACME], true],
  [[OTHER], false],
  [[], false],
])('an administrator of %j administers Acme: %s', (admin, expected) => {
  const person = { roles: roles('all', 'all', admin) } as Person;
  expect(administers(person, ACME)).toBe(expected);
});
