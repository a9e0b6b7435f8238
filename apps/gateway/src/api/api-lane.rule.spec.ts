import { type KeyHolder, type Person } from '../auth/caller.js';
import { apiLaneOf, callerKey, queueOf } from './api-lane.rule.js';

test.each([
  ['revoking a grant', 'grants.revoke', false, 'urgent'],
  ['deleting a flow, which ends its grants', 'flows.delete', false, 'urgent'],
  ['looking for the grant that is to be revoked', 'grants.get', true, 'urgent'],
  ['looking for a grant', 'grants.get', false, 'ordinary'],
  ['extending a grant', 'grants.extend', false, 'ordinary'],
  ['a request', 'requests.create', false, 'ordinary'],
  ['a list of grants', 'grants.list', false, 'long'],
  ['a page of users', 'users.page', false, 'long'],
  ['a count', 'grants.count', false, 'long'],
  ['a look through all groups', 'groups.match', false, 'long'],
] as const)('%s takes its lane', (_what, name, takesAccess, lane) => {
  expect(apiLaneOf(name, takesAccess)).toBe(lane);
});

const key = { kind: 'key', keyId: 'k1' } as KeyHolder;
const person = { kind: 'person', issuer: 'https://example.okta.com', subject: 'alice' } as Person;

test('commands wait in the queue of exactly their integrations', () => {
  expect(queueOf(['a'])).toBe('a');
  expect(queueOf(['a', 'b'])).toBe(queueOf(['b', 'a']));
  expect(new Set([queueOf(['a']), queueOf(['a', 'b']), queueOf(['a', 'c']), queueOf([])]).size).toBe(4);
});

test('callers are distinguished by their key, or by issuer and subject', () => {
  expect(callerKey(key)).toBe('key k1');
  expect(callerKey(person)).toBe('["https://example.okta.com","alice"]');
});
