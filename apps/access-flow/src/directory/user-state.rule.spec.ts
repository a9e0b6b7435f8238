import { type UserProfile, type UserState } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { checkUserProfile, ABOVE_ALL_COUNTS, nextUser } from './user-state.rule.js';

const alice: UserState = {
  userId: 'alice',
  userName: 'alice@example.com',
  displayName: 'Alice',
  externalId: null,
  active: true,
  deleted: false,
  deactivations: 0,
  version: 1,
};
const deactivated = { ...alice, active: false, deactivations: 1, version: 2 };
const reactivated = { ...alice, deactivations: 1, version: 3 };
const deleted = { ...alice, active: false, deleted: true, deactivations: 2, version: 4 };

it.each<[string, UserState | undefined, UserState, UserState, boolean, number]>([
  ['a new user is stored', undefined, alice, alice, false, 0],
  ['a repeat changes nothing', alice, alice, alice, false, 0],
  ['a deactivation ends all grants', alice, deactivated, deactivated, true, ABOVE_ALL_COUNTS],
  ['a reactivation ends no later grant', deactivated, reactivated, reactivated, false, 1],
  ['a reactivation that arrives before its deactivation ends earlier grants', alice, reactivated, reactivated, true, 1],
  ['a deactivation that arrives late ends no later grant', reactivated, deactivated, reactivated, false, 1],
  ['a deletion is final', deleted, { ...alice, version: 9, deactivations: 2 }, deleted, true, ABOVE_ALL_COUNTS],
  [
    'a deletion with an older version is a deletion',
    reactivated,
    { ...deleted, version: 2 },
    { ...deleted, version: 2 },
    true,
    ABOVE_ALL_COUNTS,
  ],
])('%s', (_, known, received, state, left, endsMadeBefore) => {
  expect(nextUser(known, received)).toEqual({ state, left, endsMadeBefore });
});

it('events in any order and with repeats give the same final state', () => {
  const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }).map((flips) => {
    let state = alice;
    return [
      alice,
      ...flips.map((active) => {
        const deactivations = state.deactivations + (state.active && !active ? 1 : 0);
        return (state = { ...state, active, deactivations, version: state.version + 1 });
      }),
    ];
  });
  const inAnyOrder = history.chain((states) =>
    fc.tuple(
      fc.constant(states),
      fc.shuffledSubarray([...states, ...states], { minLength: 2 * states.length, maxLength: 2 * states.length }),
    ),
  );
  fc.assert(
    fc.property(inAnyOrder, ([states, order]) => {
      let known: UserState | undefined;
      for (const state of order) known = nextUser(known, state).state;
      expect(known).toEqual(states.at(-1));
    }),
  );
});

it('a profile that breaks the contract is refused, and the error does not contain its values', () => {
  const profile = {
    attributes: { userName: 'alice', level: 3, onCall: true },
    attributesVersion: 0,
  } as unknown as UserProfile;
  expect(() => checkUserProfile(profile)).not.toThrow();
  for (const wrong of [
    { attributes: null },
    { attributes: ['alice'] },
    { attributes: { manager: { value: 'alice' } } },
    { attributes: { title: 'alice'.repeat(2_000) } },
    { attributesVersion: 1.5 },
  ])
    expect(() => checkUserProfile({ ...profile, ...wrong } as unknown as UserProfile)).toThrow(
      /^the profile's (?!.*alice)/,
    );
});
