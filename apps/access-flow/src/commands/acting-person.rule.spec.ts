import { type Actor } from '@tidegate/contracts';
import { isUser, personOf } from './acting-person.rule.js';

const alice = { issuer: 'https://acme.okta.com', subject: '00u1', userId: 'alice' };

it.each<[string, Actor | null, object | undefined, boolean]>([
  ['a person who is a user', { kind: 'person', ...alice }, { subject: '00u1' }, true],
  ['a person without a user', { kind: 'person', issuer: alice.issuer, subject: '00u1' }, { subject: '00u1' }, false],
  ['an API key with a maker', { kind: 'apiKey', keyId: 'k', name: 'x', maker: alice }, alice, true],
  ['a root API key', { kind: 'apiKey', keyId: 'configured', name: 'x' }, undefined, false],
  ['a SCIM client', { kind: 'scim', integrationId: 'i', credentialId: 'alice' }, undefined, false],
  ['a job', { kind: 'system', job: 'alice' }, undefined, false],
  ['no stored actor', null, undefined, false],
])('personOf and isUser: %s', (_, actor, person, expected) => {
  expect(personOf(actor)).toEqual(person && expect.objectContaining(person));
  expect(isUser(actor, 'alice')).toBe(expected);
});
