import { type ApiKeyCaller, type Person } from '../auth/caller.js';
import { apiLaneOf, lineOf } from './api-lane.rule.js';

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

const key = { kind: 'key', keyId: 'k1' } as ApiKeyCaller;
const person = { kind: 'person', issuer: 'https://example.okta.com', subject: 'alice' } as Person;

test.each([
  ['of one integration by a key', ['a'], key, 'a'],
  ['of one integration by a person', ['a'], person, 'a'],
  ['of several by a key', ['a', 'b'], key, 'key k1'],
  ['of several by a person', ['a', 'b'], person, '["https://example.okta.com","alice"]'],
  ['of none', [], key, 'key k1'],
] as const)('a command %s waits in its line', (_what, integrationIds, caller, line) => {
  expect(lineOf(integrationIds, caller)).toBe(line);
});
