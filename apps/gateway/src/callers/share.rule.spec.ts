import { type ApiKeyCaller, type Person } from './caller.js';
import { type Reach } from './roles.js';
import { shareOf } from './share.rule.js';

const key = (integrations: Reach, keyId = 'k1'): ApiKeyCaller => ({
  kind: 'key',
  keyId,
  name: 'deploy',
  maker: null,
  person: null,
  scopes: 'all',
  integrations,
  expiresAt: null,
});
const person = (member: Reach, users: Record<string, string> = {}): Person => ({
  kind: 'person',
  sessionId: 's',
  issuer: 'https://example.okta.com',
  subject: 'alice',
  roles: { member, auditor: [], admin: [] },
  users,
  authenticatedAt: 0,
  csrfToken: '',
});

test.each([
  ['a key', key(['a']), ['a'], 4],
  ['another key of the same integration', key(['a'], 'k2'), ['a'], 4],
  ['a key of two', key(['a', 'b']), ['a', 'b'], 4],
  ['a key of all', key('all'), ['everywhere'], 4],
  ['a key without integrations', key([]), ['unassigned'], 8],
  ['a person with a role', person(['a']), ['a'], 4],
  ['a person who is a user', person([], { a: 'u1' }), ['a'], 4],
  ['a person with a role, and a user in another integration', person(['a'], { b: 'u1' }), ['a', 'b'], 4],
  ['a person with a role in all integrations', person('all', { a: 'u1' }), ['everywhere'], 4],
  ['a person without role and user', person([]), ['unassigned'], 8],
  ['an unauthenticated caller', undefined, ['unassigned'], 8],
] as const)('%s uses the shares of its integrations', (_name, caller, keys, divisor) => {
  expect(shareOf(caller)).toEqual({ keys, divisor });
});
