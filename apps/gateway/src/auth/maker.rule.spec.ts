import { type ApiKeyCaller, type Person } from '../callers/caller.js';
import { makerOf } from './maker.rule.js';

const KEY: ApiKeyCaller = {
  kind: 'key',
  keyId: 'a-key',
  name: 'a key',
  maker: null,
  person: null,
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};
const DAN: Person = {
  kind: 'person',
  sessionId: 'session',
  issuer: 'https://example.okta.com',
  subject: '00udan',
  roles: { member: 'all', auditor: 'all', admin: 'all' },
  users: {},
  authenticatedAt: 0,
  csrfToken: '',
};

it.each([
  ['a person', DAN, { kind: 'person', issuer: 'https://example.okta.com', subject: '00udan' }],
  ['a key', KEY, { kind: 'apiKey', keyId: 'a-key' }],
  [
    'the key with which a person logged in',
    { ...DAN, issuer: 'urn:tidegate:api-key', subject: 'a-key' },
    { kind: 'apiKey', keyId: 'a-key' },
  ],
] as const)('the creator is %s', (_case, caller, maker) => expect(makerOf(caller)).toEqual(maker));
