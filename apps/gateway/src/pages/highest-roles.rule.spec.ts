import { type Reach } from '../callers/roles.js';
import { highestRoles } from './highest-roles.rule.js';

const roles = (member: Reach, auditor: Reach = [], admin: Reach = []) => ({ member, auditor, admin });

describe('the highest roles of a person', () => {
  it.each([
    ['none', roles([]), []],
    ['a member', roles(['acme']), [{ role: 'member', reach: ['acme'] }]],
    [
      'an administrator, who is a member too',
      roles(['acme'], ['acme'], ['acme']),
      [{ role: 'admin', reach: ['acme'] }],
    ],
    ['an administrator of all', roles('all', 'all', 'all'), [{ role: 'admin', reach: 'all' }]],
    [
      'an auditor of all who administers one',
      roles('all', 'all', ['acme']),
      [
        { role: 'admin', reach: ['acme'] },
        { role: 'auditor', reach: 'all' },
      ],
    ],
    [
      'another role in each integration',
      roles(['acme', 'beta', 'gamma'], ['acme', 'beta'], ['acme']),
      [
        { role: 'admin', reach: ['acme'] },
        { role: 'auditor', reach: ['beta'] },
        { role: 'member', reach: ['gamma'] },
      ],
    ],
  ])('%s', (_, given, expected) => {
    expect(highestRoles(given)).toEqual(expected);
  });
});
