import { type Actor } from '@tidegate/contracts';
import { isSamePerson, isUser, personOf } from './acting-person.rule.js';

const alice = { issuer: 'https://acme.okta.com', subject: '00u1', userId: 'alice' };
const keyOf = (maker: typeof alice): Actor => ({ kind: 'apiKey', keyId: 'k', name: 'x', maker });
const unlinked = (issuer: string): Actor => ({ kind: 'person', issuer, subject: '00u1' });

it.each<[string, Actor | null, object | undefined, boolean]>([
  ['a person who is a user', { kind: 'person', ...alice }, { subject: '00u1' }, true],
  ['a person without a user', { kind: 'person', issuer: alice.issuer, subject: '00u1' }, { subject: '00u1' }, false],
  ['an API key with a creator', { kind: 'apiKey', keyId: 'k', name: 'x', maker: alice }, alice, true],
  ['a root API key', { kind: 'apiKey', keyId: 'configured', name: 'x' }, undefined, false],
  ['a SCIM client', { kind: 'scim', integrationId: 'i', credentialId: 'alice' }, undefined, false],
  ['a job', { kind: 'system', job: 'alice' }, undefined, false],
  ['no stored actor', null, undefined, false],
])('personOf and isUser: %s', (_, actor, person, expected) => {
  expect(personOf(actor)).toEqual(person && expect.objectContaining(person));
  expect(isUser(actor, 'alice')).toBe(expected);
});

it.each<[string, Actor | null, Actor | null, boolean]>([
  ['of one login are', { kind: 'person', ...alice }, { kind: 'person', ...alice, userId: 'second' }, true],
  ['of one user are', { kind: 'person', ...alice }, { kind: 'person', ...alice, subject: '00u2' }, true],
  ['are, when one is a key of the other', keyOf(alice), { kind: 'person', ...alice }, true],
  ['of one subject at two issuers are not', unlinked(alice.issuer), unlinked('https://other.example'), false],
  [
    'without a person are not',
    { kind: 'apiKey', keyId: 'k', name: 'x' },
    { kind: 'apiKey', keyId: 'k', name: 'x' },
    false,
  ],
  ['from before actors were stored are not', null, null, false],
])('two actors %s the same person', (_, one, other, same) => {
  expect([isSamePerson(one, other), isSamePerson(other, one)]).toEqual([same, same]);
});
