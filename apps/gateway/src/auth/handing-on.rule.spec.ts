import { type Person } from './caller.js';
import { rolesCover } from './handing-on.rule.js';
import { type Reach } from './roles.js';

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
