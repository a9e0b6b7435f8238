import { bypassesAdmission, laneOf } from './lane.rule.js';

const sent = { name: 'users.patch', data: {}, bodyLength: 500, takesAccess: false, isInBulk: false } as const;
const operations = (count: number) => ({ operations: Array.from({ length: count }, () => ({ op: 'add' })) });

test.each([
  ['a create', { name: 'users.create' }, 'ordinary'],
  ['a lookup by id', { name: 'users.get' }, 'ordinary'],
  ['a PATCH of 20 operations', { data: operations(20) }, 'ordinary'],
  ['a PATCH of 21 operations', { data: operations(21) }, 'long'],
  ['a body above 128 KiB', { name: 'users.create', bodyLength: 131_073 }, 'long'],
  ['a group of 256 KiB', { name: 'groups.replace', bodyLength: 262_144 }, 'long'],
  ['a group above 256 KiB', { name: 'groups.replace', bodyLength: 262_145 }, 'huge'],
  ['a search', { name: 'users.list' }, 'long'],
  ['a change of a group', { name: 'groups.patch', data: operations(1) }, 'long'],
  ['a create in a bulk request', { name: 'users.create', isInBulk: true }, 'long'],
  ['a deactivation', { takesAccess: true, data: operations(1) }, 'urgent'],
  ['a deactivation by PUT', { name: 'users.replace', takesAccess: true, bodyLength: 131_072 }, 'urgent'],
  ['a deletion', { name: 'groups.delete', takesAccess: true, bodyLength: 0 }, 'urgent'],
  ['a deactivation in a bulk request', { takesAccess: true, isInBulk: true, data: operations(1) }, 'urgent'],
  ['a deactivation among 21 operations', { takesAccess: true, data: operations(21) }, 'long'],
  ['a deactivation in a body above 128 KiB', { takesAccess: true, bodyLength: 131_073 }, 'long'],
] as const)('assigns the lane: %s', (_name, over, lane) => {
  expect(laneOf({ ...sent, ...over })).toBe(lane);
});

test('only urgent and small calls bypass admission control', () => {
  expect(bypassesAdmission('urgent', 131_072)).toBe(true);
  expect(bypassesAdmission('urgent', 131_073)).toBe(false);
  expect(bypassesAdmission('ordinary', 10)).toBe(false);
});
