import { TEST_CAUSE } from '@tidegate/testing';
import { type GroupMembersChanged } from '@tidegate/contracts';
import { eventsOf as batchesOf } from './group.events.js';
import { type GroupRow } from './group.entity.js';

const row: GroupRow = {
  integrationId: '00000000-0000-7000-8000-00000000000a',
  id: '00000000-0000-7000-8000-00000000000b',
  displayName: 'Ops',
  externalId: null,
  attributes: { displayName: 'Ops' },
  synced: true,
  syncVersion: 1,
  version: 7,
  createdAt: new Date(0),
  lastModifiedAt: new Date(0),
};

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
