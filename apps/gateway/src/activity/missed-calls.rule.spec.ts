import { type CallOnObject, missedOf } from './missed-calls.rule.js';

const call = (id: string, operation: CallOnObject['operation'], object: Partial<CallOnObject> = {}): CallOnObject => ({
  ...{ id, operation, resourceType: 'User', targetId: null, nameHash: null },
  ...object,
});
const alice = { targetId: 'alice' };
const bob = { targetId: 'bob' };
const named = { nameHash: 'a1' };

it.each<[string, CallOnObject[], CallOnObject[], ReturnType<typeof missedOf>]>([
  ['no refused call', [], [call('9', 'patch', alice)], undefined],
  ['a patch', [call('1', 'patch', alice)], [], { objects: 1, oldest: '1' }],
  ['a patch that was repeated', [call('1', 'patch', alice)], [call('2', 'patch', alice)], undefined],
  ['a patch after a success', [call('2', 'patch', alice)], [call('1', 'patch', alice)], { objects: 1, oldest: '2' }],
  ['a patch of another', [call('1', 'patch', alice)], [call('2', 'patch', bob)], { objects: 1, oldest: '1' }],
  ['a patch, then a replace', [call('1', 'patch', alice)], [call('2', 'replace', alice)], { objects: 1, oldest: '1' }],
  ['a patch, then a deletion', [call('1', 'patch', alice)], [call('2', 'delete', alice)], undefined],
  ['a read, then any write', [call('1', 'get', alice)], [call('2', 'replace', alice)], undefined],
  [
    'a lookup, then a write by name',
    [call('1', 'list', named)],
    [call('2', 'create', { ...alice, ...named })],
    undefined,
  ],
  [
    'a lookup of a group with the name of a user',
    [call('1', 'list', { ...named, resourceType: 'Group' })],
    [call('2', 'create', named)],
    { objects: 1, oldest: '1' },
  ],
  ['two calls on one object', [call('1', 'patch', alice), call('2', 'patch', alice)], [], { objects: 1, oldest: '1' }],
  [
    'one of two objects repeated',
    [call('1', 'patch', alice), call('2', 'patch', bob)],
    [call('3', 'patch', alice)],
    { objects: 1, oldest: '2' },
  ],
  ['writes of unknown objects', [call('1', 'create'), call('2', 'bulk')], [], { objects: 2, oldest: '1' }],
])('%s', (_, refused, writes, expected) => {
  expect(missedOf(refused, writes)).toEqual(expected);
  expect(missedOf(refused, [...writes].reverse())).toEqual(expected);
});
