import { TEST_CAUSE } from '@tidegate/testing';
import { type GroupMembersChanged } from '@tidegate/contracts';
import { type GroupRow } from './group.entity.js';
import { eventsOf as batchesOf, memberPage, netMembers, splitMembers } from './groups.rule.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => `00000000-0000-7000-8000-00000000000${letter}`) as [
  string,
  string,
  string,
];
const row: GroupRow = {
  integrationId: A,
  id: B,
  displayName: 'Ops',
  externalId: null,
  attributes: { displayName: 'Ops' },
  synced: true,
  syncVersion: 1,
  version: 7,
  createdAt: new Date(0),
  lastModifiedAt: new Date(0),
};

describe('the net result of several member changes', () => {
  const add = (...ids: string[]) => ({ kind: 'add' as const, ids });
  const remove = (...ids: string[]) => ({ kind: 'remove' as const, ids });
  const replace = (...ids: string[]) => ({ kind: 'replace' as const, ids });
  const difference = (added: string[], removed: string[]) => ({ kind: 'difference', add: added, remove: removed });

  it.each([
    ['is empty without changes', [], difference([], [])],
    ['contains every change', [add(A), remove(B)], difference([A], [B])],
    [
      'contains only the last change of a member',
      [add(A, B), remove(A), add(C), remove(C), add(C)],
      difference([B, C], [A]),
    ],
    ['is an exact list after a replacement', [add(A), replace(B), add(C), remove(B)], { kind: 'exactly', ids: [C] }],
    ['is an empty list after an empty replacement', [add(A), replace()], { kind: 'exactly', ids: [] }],
    ['is the exact list of a single replacement', [replace(B, 'nope')], { kind: 'exactly', ids: [B] }],
    ['contains a single removal', [remove(B, 'nope')], difference([], [B])],
    ['contains only valid ids', [add('nope', A, ''), remove(B.toUpperCase())], difference([A], [])],
  ])('%s', (_, changes, expected) => {
    expect(netMembers(changes)).toEqual(expected);
  });
});

const eventsOf = (...parts: Parameters<typeof batchesOf>) => [...batchesOf(...parts)].flat();

describe('the events of a new version of a group', () => {
  const differences = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ type: 'User' as const, id: String(i), present: true }));

  it('are one group.renamed when no member changed', () => {
    expect(eventsOf(row, [], TEST_CAUSE)).toMatchObject([
      { name: 'group.renamed', version: 7, data: { displayName: 'Ops' } },
    ]);
  });

  it.each([
    [1, [1]],
    [500, [500]],
    [501, [500, 1]],
    [1_200, [500, 500, 200]],
    [10_501, [...Array<number>(21).fill(500), 1]],
  ])('of %s member changes contain %j changes each', (count, sizes) => {
    const events = eventsOf(row, differences(count), TEST_CAUSE);
    expect(events).toMatchObject(
      sizes.map((_, chunk) => ({ name: 'group.members.changed', version: 7, data: { chunk, chunks: sizes.length } })),
    );
    expect(events.flatMap(({ data }) => (data as GroupMembersChanged).changes)).toEqual(
      differences(count).map(({ id, present }) => ({ userId: id, present })),
    );
    for (const { data } of events) expect(data).not.toHaveProperty('groupChanges');
  });

  it('list groups and users separately, in the same chunks', () => {
    const nested = { type: 'Group' as const, id: 'g', present: false };
    expect(eventsOf(row, [...differences(500), nested], TEST_CAUSE)).toMatchObject([
      { data: { changes: { length: 500 }, chunk: 0, chunks: 2 } },
      { data: { changes: [], groupChanges: [{ groupId: 'g', present: false }], chunk: 1, chunks: 2 } },
    ]);
  });
});

it('splits a body into attributes and member ids', () => {
  const body = { displayName: 'Ops', members: [{ value: A }, { value: B }] };
  expect(splitMembers(body)).toEqual({ attributes: { displayName: 'Ops' }, ids: [A, B] });
  expect(splitMembers({ displayName: 'Ops', members: [A, B] }).ids).toEqual([A, B]);
  expect(splitMembers({ displayName: 'Ops' })).toEqual({ attributes: { displayName: 'Ops' }, ids: [] });
});

it('returns a cursor only when there are more members', () => {
  const found = [A, B, C].map((id) => ({ id, type: 'User' as const, display: '' }));
  expect(memberPage(found, 3)).toEqual({ items: found, nextMember: null });
  expect(memberPage(found, 2)).toEqual({ items: found.slice(0, 2), nextMember: B });
  expect(memberPage([], 2)).toEqual({ items: [], nextMember: null });
});
