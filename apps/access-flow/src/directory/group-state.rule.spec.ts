import { type GroupState } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { nextGroup, type NextGroup, type KnownGroup, knownGroupOf } from './group-state.rule.js';

const ops: KnownGroup = { displayName: 'Ops', deleted: false, synced: true, syncVersion: 1, version: 1 };
const renamed = { ...ops, displayName: 'Operations', version: 2 };
const unsynced = { ...ops, synced: false, syncVersion: 3, version: 3 };
const back = { ...ops, syncVersion: 6, version: 6 };
const deleted = { ...ops, deleted: true, version: 9 };

it.each<[string, KnownGroup | undefined, KnownGroup, KnownGroup, NextGroup['ends']]>([
  ['a new group is kept', undefined, ops, ops, undefined],
  ['one that is heard of when it is taken in ends nothing', undefined, back, back, undefined],
  ['a repeat changes nothing', ops, ops, ops, undefined],
  ['a rename ends nothing', ops, renamed, renamed, undefined],
  ['a group that is let go ends everything', ops, unsynced, unsynced, 'group_not_synced'],
  ['a group that is taken in again ends nothing more than was ended', unsynced, back, back, 'group_not_synced'],
  ['one that is taken in again before its leaving was heard ends what is older', ops, back, back, 'group_not_synced'],
  ['a leaving that comes too late finds nothing to end', back, unsynced, back, undefined],
  ['a deletion ends everything', ops, deleted, deleted, 'group_deleted'],
  ['a deletion is final', deleted, { ...back, version: 12 }, deleted, undefined],
  [
    'a deletion of an older version is a deletion all the same',
    back,
    { ...deleted, version: 2 },
    { ...deleted, version: 2, syncVersion: 6 },
    'group_deleted',
  ],
])('%s', (_, known, told, state, ends) => {
  expect(nextGroup(known, told)).toEqual({ state, ends });
});

it('every history, heard in any order and with repeats, ends in the same state', () => {
  const history = fc.array(fc.constantFrom('rename', 'turn'), { minLength: 1, maxLength: 10 }).map((changes) => {
    let state = ops;
    const told = [state];
    for (const change of changes) {
      const version = state.version + 1;
      const turned = { ...state, synced: !state.synced, syncVersion: version, version };
      state = change === 'turn' ? turned : { ...state, displayName: `Ops ${version}`, version };
      // While it is not synced a rename is told to nobody.
      if (change === 'turn' || state.synced) told.push(state);
    }
    return told;
  });
  const inAnyOrder = history.chain((told) =>
    fc.tuple(
      fc.constant(told),
      fc.shuffledSubarray([...told, ...told], { minLength: 2 * told.length, maxLength: 2 * told.length }),
    ),
  );
  fc.assert(
    fc.property(inAnyOrder, ([told, order]) => {
      let known: KnownGroup | undefined;
      for (const state of order) known = nextGroup(known, state).state;
      expect(known).toEqual(told.at(-1));
    }),
  );
});

it('what was borrowed before a group was let go ends, whichever later state is heard first', () => {
  const later = fc.shuffledSubarray([unsynced, back, { ...back, displayName: 'Ops EU', version: 7 }], { minLength: 1 });
  fc.assert(
    fc.property(later, (order) => {
      const ends: unknown[] = [];
      let known = ops;
      for (const state of order) {
        const received = nextGroup(known, state);
        known = received.state;
        ends.push(received.ends);
      }
      expect(ends[0]).toBe('group_not_synced');
    }),
  );
});

it('a state of the release before is one of a group that is synced; one that breaks the contract is refused', () => {
  const told = { groupId: 'g', externalId: null, displayName: 'Ops', deleted: false, version: 4 };
  expect(knownGroupOf(told as unknown as GroupState)).toEqual({ ...ops, version: 4 });
  for (const wrong of [{ synced: 'no' }, { deleted: null }, { syncVersion: '3' }, { version: 1.5 }])
    expect(() => knownGroupOf({ ...told, ...wrong } as unknown as GroupState)).toThrow(Object.keys(wrong)[0]);
});
