import { type Person } from './caller.js';
import { administers, type GivenRole, type Link, ROOT_STANDING, standingOf } from './people.rule.js';
import { type Reach, type Role } from './roles.js';

const [ACME, OTHER] = ['acme', 'other'];
const link = (integrationId: string, active = true): Link => ({
  integrationId,
  userId: `${integrationId}-alice`,
  active,
  version: 1,
});
const role = (role: Role, reach: Reach): GivenRole => ({ role, reach });
const roles = (member: Reach, auditor: Reach = [], admin: Reach = []) => ({ member, auditor, admin });

describe('what an identity may do', () => {
  it.each<[string, Link[], GivenRole[], Person['roles'] | undefined]>([
    ['nothing, when it is no user and has no role', [], [], undefined],
    ['nothing, when its user is deactivated', [link(ACME, false)], [], undefined],
    ['a user is a member', [link(ACME)], [], roles([ACME])],
    ['a user of two integrations is a member of both', [link(ACME), link(OTHER)], [], roles([ACME, OTHER])],
    ['a deactivated user is no member beside one that is active', [link(ACME), link(OTHER, false)], [], roles([ACME])],
    ['a role alone', [], [role('auditor', [OTHER])], roles([OTHER], [OTHER])],
    ['a higher role includes the lower ones', [], [role('admin', [ACME])], roles([ACME], [ACME], [ACME])],
    ['a role for all integrations', [link(ACME)], [role('admin', 'all')], roles('all', 'all', 'all')],
    [
      'two roles, each in its own integrations',
      [],
      [role('admin', [ACME]), role('auditor', [OTHER])],
      roles([ACME, OTHER], [ACME, OTHER], [ACME]),
    ],
    [
      'a role elsewhere does not spread to the user',
      [link(ACME)],
      [role('auditor', [OTHER])],
      roles([ACME, OTHER], [OTHER]),
    ],
  ])('%s', (_, links, given, expected) => {
    expect(standingOf(links, given)?.roles).toEqual(expected);
  });

  it('holds as active users only', () => {
    expect(standingOf([link(ACME), link(OTHER, false)], [])?.users).toEqual({ [ACME]: 'acme-alice' });
    expect(standingOf([], [role('member', 'all')])?.users).toEqual({});
  });
});

it('a login with a key that may do everything reaches everything, as no user', () => {
  expect(ROOT_STANDING).toEqual({ roles: roles('all', 'all', 'all'), users: {} });
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
