import { countStoppedKeys, type IssuerKey, type IssuerRole } from './stopped-keys.rule.js';

const role = (subject: string, name: IssuerRole['role'], ...ids: string[]): IssuerRole => ({
  id: `${subject} ${name}`,
  subject,
  role: name,
  integrationIds: ids.length > 0 ? ids : null,
});
const key = (scopes: IssuerKey['scopes'], ...ids: string[]): IssuerKey => ({
  subject: 'dan',
  scopes,
  integrationIds: ids.length > 0 ? ids : null,
});
const READ: IssuerKey['scopes'] = ['access:read'];
const WRITE: IssuerKey['scopes'] = ['access:write'];
const ADMIN = role('dan', 'admin');
const AUDITOR_HERE = role('dan', 'auditor', 'here');

it.each<[string, IssuerKey[], IssuerRole[], IssuerRole[], number]>([
  ['the only role ends', [key(READ), key(null)], [ADMIN], [], 2],
  ['no role ends', [key(READ)], [ADMIN], [ADMIN], 0],
  [
    'a role that covers some keys stays',
    [key(READ, 'here'), key(READ), key(WRITE, 'here')],
    [ADMIN, AUDITOR_HERE],
    [AUDITOR_HERE],
    2,
  ],
  ['the role of another person ends', [key(READ)], [ADMIN, role('bob', 'admin')], [ADMIN], 0],
  ['only another person has a role', [key(READ)], [ADMIN], [role('bob', 'admin')], 1],
  ['the key was not covered before', [key(WRITE)], [AUDITOR_HERE], [], 0],
  ['there are no keys', [], [ADMIN], [], 0],
])('when %s', (_, keys, before, after, stopped) => expect(countStoppedKeys(keys, before, after)).toBe(stopped));
