import { DEFAULT_PROFILE } from '@tidegate/scim';
import { actorOf } from './actor.rule.js';
import { type ApiKeyCaller, type Person, type ScimClient } from './caller.js';

const ACME = 'a0000000-0000-7000-8000-000000000001';
const OTHER = 'a0000000-0000-7000-8000-000000000002';
const network = '203.0.113.0/24';

const dan: Person = {
  kind: 'person',
  sessionId: 's',
  issuer: 'https://acme.okta.com',
  subject: '00u4',
  roles: { member: [], auditor: [], admin: 'all' },
  users: { [ACME]: 'dan-in-acme' },
  authenticatedAt: 0,
  csrfToken: 'csrf',
};
const key: ApiKeyCaller = {
  kind: 'key',
  keyId: 'k',
  name: 'terraform',
  maker: null,
  person: null,
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};
const okta: ScimClient = {
  kind: 'scim',
  integrationId: ACME,
  profile: DEFAULT_PROFILE,
  groupsToSync: [],
  credential: { kind: 'token', id: 'c' },
};

const person = { kind: 'person', issuer: 'https://acme.okta.com', subject: '00u4', network };

it.each([
  ['a person with a user in the integration', dan, ACME, { ...person, userId: 'dan-in-acme' }],
  ['a person without a user in the integration', dan, OTHER, person],
  ['a person in a change of no single integration', dan, undefined, person],
  ['a key', key, ACME, { kind: 'apiKey', keyId: 'k', name: 'terraform', network }],
  [
    'a key that a person created',
    { ...key, person: { issuer: dan.issuer, subject: dan.subject, users: dan.users } },
    ACME,
    {
      kind: 'apiKey',
      keyId: 'k',
      name: 'terraform',
      maker: { issuer: dan.issuer, subject: dan.subject, userId: 'dan-in-acme' },
      network,
    },
  ],
  ['a SCIM client', okta, undefined, { kind: 'scim', integrationId: ACME, credentialId: 'c', network }],
])('%s is recorded by ids', (_, caller, integrationId, actor) => {
  expect(actorOf(caller, { network, integrationId })).toEqual(actor);
});

it('an invalid address is recorded as no network', () => {
  expect(actorOf(key, { network: null })).toEqual({ kind: 'apiKey', keyId: 'k', name: 'terraform' });
});
