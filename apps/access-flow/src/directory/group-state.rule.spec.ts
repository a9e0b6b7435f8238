import { type GroupState } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { nextGroup, type NextGroup, type KnownGroup, knownGroupOf } from './group-state.rule.js';

const ops: KnownGroup = { displayName: 'Ops', deleted: false, synced: true, syncVersion: 1, version: 1 };
const renamed = { ...ops, displayName: 'Operations', version: 2 };
const unsynced = { ...ops, synced: false, syncVersion: 3, version: 3 };
const back = { ...ops, syncVersion: 6, version: 6 };
const deleted = { ...ops, deleted: true, version: 9 };

it.each<[string, KnownGroup | undefined, KnownGroup, KnownGroup, NextGroup['ends']]>([
  ['a new group is stored', undefined, ops, ops, undefined],
  ['an unknown group that was synced again ends nothing', undefined, back, back, undefined],
  ['a repeat changes nothing', ops, ops, ops, undefined],
  ['a rename ends nothing', ops, renamed, renamed, undefined],
  ['a removal from sync ends all grants', ops, unsynced, unsynced, 'group_not_synced'],
  ['a group that is synced again still ends earlier grants', unsynced, back, back, 'group_not_synced'],
  ['a group that is synced again ends earlier grants before its removal arrives', ops, back, back, 'group_not_synced'],
  ['a removal from sync that arrives late ends nothing', back, unsynced, back, undefined],
  ['a deletion ends all grants', ops, deleted, deleted, 'group_deleted'],
  ['a deletion is final', deleted, { ...back, version: 12 }, deleted, undefined],
  [
    'a deletion with an older version is a deletion',
    back,
    { ...deleted, version: 2 },
    { ...deleted, version: 2, syncVersion: 6 },
    'group_deleted',
  ],
])('%s', (_, known, received, state, ends) => {
  expect(nextGroup(known, received)).toEqual({ state, ends });
});

it('events in any order and with repeats give the same final state', () => {
  const history = fc.array(fc.constantFrom('rename', 'turn'), { minLength: 1, maxLength: 10 }).map((changes) => {
    let state = ops;
    const published = [state];
    for (const change of changes) {
      const version = state.version + 1;
      const turned = { ...state, synced: !state.synced, syncVersion: version, version };
      state = change === 'turn' ? turned : { ...state, displayName: `Ops ${version}`, version };
      // No event is published for the rename of a group that is not synced.
      if (change === 'turn' || state.synced) published.push(state);
    }
    return published;
  });
  const inAnyOrder = history.chain((published) =>
    fc.tuple(
      fc.constant(published),
      fc.shuffledSubarray([...published, ...published], {
        minLength: 2 * published.length,
        maxLength: 2 * published.length,
      }),
    ),
  );
  fc.assert(
    fc.property(inAnyOrder, ([published, order]) => {
      let known: KnownGroup | undefined;
      for (const state of order) known = nextGroup(known, state).state;
      expect(known).toEqual(published.at(-1));
    }),
  );
});

it('the first event after a removal from sync ends earlier grants, in any order of events', () => {
  const later = fc.shuffledSubarray([unsynced, back, { ...back, displayName: 'Ops EU', version: 7 }], { minLength: 1 });
  fc.assert(
    fc.property(later, (order) => {
      const ends: unknown[] = [];
      let known = ops;
      for (const state of order) {
        const next = nextGroup(known, state);
        known = next.state;
        ends.push(next.ends);
      }
      expect(ends[0]).toBe('group_not_synced');
    }),
  );
});

it('a state without `synced` counts as synced; a state that breaks the contract is refused', () => {
  const received = { groupId: 'g', externalId: null, displayName: 'Ops', deleted: false, version: 4 };
  expect(knownGroupOf(received as unknown as GroupState)).toEqual({ ...ops, version: 4 });
  for (const wrong of [{ synced: 'no' }, { deleted: null }, { syncVersion: '3' }, { version: 1.5 }])
    expect(() => knownGroupOf({ ...received, ...wrong } as unknown as GroupState)).toThrow(Object.keys(wrong)[0]);
});
