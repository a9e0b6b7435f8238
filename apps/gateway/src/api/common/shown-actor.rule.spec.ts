import { type NamedActor } from '@tidegate/contracts';
import { shownActor } from './shown-actor.rule.js';

const [here, there] = ['here', 'there'];
const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const network = '203.0.113.0/24';
const userName = 'bob@acme.example';
const person: NamedActor = { kind: 'person', ...login, userId: 'bob', userName, network };
const maker = { ...login, userId: 'bob', userName };
const key: NamedActor = { kind: 'apiKey', keyId: 'key', name: 'help desk', maker, network };
const scim: NamedActor = { kind: 'scim', integrationId: here, credentialId: 'token', network };

it.each<[NamedActor | null, object | null]>([
  [person, { kind: 'person', userId: 'bob', userName }],
  [{ kind: 'person', ...login }, { kind: 'person' }],
  [key, { kind: 'apiKey', name: 'help desk' }],
  [scim, { kind: 'scim' }],
  [{ kind: 'okta', logEventId: 'event' }, { kind: 'okta' }],
  [{ kind: 'system', job: 'expiry' }, { kind: 'system' }],
  [null, null],
])('shows members %j as %j, and callers with the scope all of it', (actor, seen) => {
  expect(shownActor({ reach: [there], own: { [here]: 'alice' } }, here, actor)).toEqual(seen);
  for (const reach of ['all' as const, [here]]) expect(shownActor({ reach, own: {} }, here, actor)).toEqual(actor);
});
