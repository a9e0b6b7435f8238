import { type Actor } from '@tidegate/contracts';
import { accessNames, groupRefs, namedActor, userRefs } from './names.rule.js';

const bob = { userName: 'bob@acme.example', displayName: 'Bob', active: true };
const users = { bob };
const login = { issuer: 'https://acme.okta.com', subject: '00u1' };

it('users and groups keep the order of their ids, without unknown ones', () => {
  const carol = { ...bob, userName: 'carol@acme.example' };
  expect(userRefs({ bob, carol }, ['carol', 'dan', 'bob'])).toEqual([
    { id: 'carol', ...carol },
    { id: 'bob', ...bob },
  ]);
  expect(groupRefs({ deploy: 'Deploy', empty: '' }, ['empty', 'gone', 'deploy'])).toEqual([
    { id: 'empty', name: '' },
    { id: 'deploy', name: 'Deploy' },
  ]);
  expect([userRefs(null, ['bob']), userRefs(users, null), groupRefs(null, ['deploy'])]).toEqual([[], [], []]);
});

it('an unknown user or group has its id as name', () => {
  const access = { userId: 'bob', groupId: 'deploy' };
  expect(accessNames(access, users, { deploy: 'Deploy' })).toEqual({
    userName: 'bob@acme.example',
    userDisplayName: 'Bob',
    groupName: 'Deploy',
  });
  expect(accessNames(access, null, null)).toEqual({ userName: 'bob', userDisplayName: null, groupName: 'deploy' });
});

it('an actor has the names of known users', () => {
  const actor: Actor = { kind: 'person', ...login, userId: 'bob' };
  expect(namedActor(actor, users)).toEqual({ ...actor, userName: 'bob@acme.example' });
  expect(namedActor(actor, null)).toEqual(actor);
});
