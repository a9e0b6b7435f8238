import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { type Reach, type Scope } from '../../callers/roles.js';
import { contactsReach } from './contacts.rule.js';
import { REQUEST_EXAMPLES } from './examples.js';

const person = (user: string | undefined, admin: Reach = [], auditor: Reach = admin): Person => ({
  kind: 'person',
  sessionId: 's',
  issuer: 'https://acme.okta.com',
  subject: 'alice',
  roles: { member: [], auditor, admin },
  users: user === undefined ? {} : { acme: user },
  authenticatedAt: 0,
  csrfToken: 'c',
});
const key = (scopes: 'all' | Scope[], integrations: Reach): ApiKeyCaller => ({
  kind: 'key',
  keyId: 'k',
  name: 'key',
  maker: null,
  person: null,
  scopes,
  integrations,
  expiresAt: null,
});
const request = { integrationId: 'acme', userId: 'alice', undecidable: true, steps: [] };

it.each<[string, ApiKeyCaller | Person, Reach | undefined]>([
  ['the requester', person('alice'), []],
  ['the requester, an auditor', person('alice', [], ['acme']), []],
  ['an administrator of the integration', person(undefined, ['acme']), ['acme']],
  ['an administrator of all integrations', person(undefined, 'all'), 'all'],
  ['a key that reads roles there', key(['roles:read'], ['acme']), ['acme']],
  ['a key with all scopes', key('all', 'all'), 'all'],
  ['another member who can see it: an approver by a group, or who made it', person('bob'), []],
  ['a member of another integration', { ...person(undefined), users: { other: 'bob' } }, undefined],
  ['an auditor who is another user', person('bob', [], ['acme']), undefined],
  ['an auditor', person(undefined, [], ['acme']), undefined],
  ['an administrator of another integration', person(undefined, ['other']), undefined],
  ['a key that reads only requests', key(['access:read'], ['acme']), undefined],
  ['a key that reads roles elsewhere', key(['roles:read'], ['other']), undefined],
])('who sees the contacts of a request: %s', (_, caller, reach) => {
  expect(contactsReach(caller, request)).toEqual(reach);
  expect(contactsReach(caller, { ...request, undecidable: false })).toBeUndefined();
});

it('an auditor who is an approver of a step sees the contacts of a request', () => {
  const [step] = REQUEST_EXAMPLES.RequestRecord.steps;
  const [approver] = step!.approvers;
  const decided = { ...step!, approvers: [{ ...approver!, id: 'bob' }] };
  expect(contactsReach(person('bob', [], ['acme']), { ...request, steps: [decided] })).toEqual([]);
});
