import { type Actor } from '@tidegate/contracts';
import { isUser, personOf } from './acting-person.rule.js';

const alice = { issuer: 'https://acme.okta.com', subject: '00u1', userId: 'alice' };

it.each<[string, Actor | null, object | undefined, boolean]>([
  ['a person', { kind: 'person', ...alice }, { subject: '00u1' }, true],
  [
    'a person who is no user here',
    { kind: 'person', issuer: alice.issuer, subject: '00u1' },
    { subject: '00u1' },
    false,
  ],
  ['a key that the person made', { kind: 'apiKey', keyId: 'k', name: 'x', maker: alice }, alice, true],
  ['a root key', { kind: 'apiKey', keyId: 'configured', name: 'x' }, undefined, false],
  ['a SCIM client', { kind: 'scim', integrationId: 'i', credentialId: 'alice' }, undefined, false],
  ['a job', { kind: 'system', job: 'alice' }, undefined, false],
  ['what was made before actors were stored', null, undefined, false],
])('the person behind %s', (_, actor, person, is) => {
  expect(personOf(actor)).toEqual(person && expect.objectContaining(person));
  expect(isUser(actor, 'alice')).toBe(is);
});
