import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { apiLaneOf, callerKey, queueKey } from './api-lane.rule.js';

test.each([
  ['revoking a grant', 'grants.revoke', false, 'urgent'],
  ['revoking several grants', 'grants.revokeMany', false, 'urgent'],
  ['a panic', 'grants.panic', false, 'urgent'],
  ['deleting a flow, which ends its grants', 'flows.delete', false, 'urgent'],
  ['a lookup of the grant to revoke', 'grants.get', true, 'urgent'],
  ['a lookup of a grant', 'grants.get', false, 'ordinary'],
  ['extending a grant', 'grants.extend', false, 'ordinary'],
  ['a request', 'requests.create', false, 'ordinary'],
  ['a list of grants', 'grants.list', false, 'long'],
  ['a page of users', 'users.page', false, 'long'],
  ['a count', 'grants.count', false, 'long'],
  ['a match of all groups', 'groups.match', false, 'long'],
] as const)('assigns the lane: %s', (_what, name, takesAccess, lane) => {
  expect(apiLaneOf(name, takesAccess)).toBe(lane);
});

const key = { kind: 'key', keyId: 'k1' } as ApiKeyCaller;
const person = { kind: 'person', issuer: 'https://example.okta.com', subject: 'alice' } as Person;

test('commands wait in the queue of exactly their integrations', () => {
  expect(queueKey(['a'])).toBe('a');
  expect(queueKey(['a', 'b'])).toBe(queueKey(['b', 'a']));
  expect(new Set([queueKey(['a']), queueKey(['a', 'b']), queueKey(['a', 'c']), queueKey([])]).size).toBe(4);
});

test('callers are distinguished by their key, or by issuer and subject', () => {
  expect(callerKey(key)).toBe('key k1');
  expect(callerKey(person)).toBe('["https://example.okta.com","alice"]');
});
