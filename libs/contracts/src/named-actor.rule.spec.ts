import { type Actor } from './context.js';
import { actorWithNames, userIdsOf } from './named-actor.rule.js';

const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const userName = 'bob@acme.example';
const key = { kind: 'apiKey', keyId: 'key', name: 'help desk' } as const;
const names = new Map([['bob', userName]]);

it.each<[Actor | null, string[], object | null]>([
  [{ kind: 'person', ...login, userId: 'bob' }, ['bob'], { kind: 'person', ...login, userId: 'bob', userName }],
  [{ kind: 'person', ...login, userId: 'dan' }, ['dan'], { kind: 'person', ...login, userId: 'dan' }],
  [{ kind: 'person', ...login }, [], { kind: 'person', ...login }],
  [{ ...key, maker: { ...login, userId: 'bob' } }, ['bob'], { ...key, maker: { ...login, userId: 'bob', userName } }],
  [{ ...key, maker: login }, [], { ...key, maker: login }],
  [key, [], key],
  [
    { kind: 'scim', integrationId: 'bob', credentialId: 'bob' },
    [],
    { kind: 'scim', integrationId: 'bob', credentialId: 'bob' },
  ],
  [{ kind: 'system', job: 'expiry' }, [], { kind: 'system', job: 'expiry' }],
  [null, [], null],
])('the actor %j has the users %j, and with their names is %j', (actor, userIds, named) => {
  expect(userIdsOf(actor)).toEqual(userIds);
  expect(actorWithNames(actor, (id) => names.get(id))).toEqual(named);
});
