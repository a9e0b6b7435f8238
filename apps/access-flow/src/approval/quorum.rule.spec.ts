import { type ApproverSet, type ApproverTier } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { all, any, approvals, atLeast, entryPeople, group, manager, sets, user } from './test/step-data.js';
import { type Approval, canBeReached, isReached } from './quorum.rule.js';

const approval = (reviewer: string, tier: ApproverTier, ...entries: number[]): Approval => ({
  reviewer,
  entries: entries.map((entry) => ({ tier, entry })),
});
const by = (reviewer: string, ...entries: number[]) => approval(reviewer, 'step', ...entries);

/** The approvals in their order, each with whether the quorum is reached after it. */
const reached: [string, ApproverSet, [Approval, boolean][]][] = [
  [
    'any needs one approval',
    any(user('bob'), user('carol')),
    [
      [by('erin'), false], // belongs to no entry
      [by('carol', 1), true], // one is enough
      [by('bob', 0), true], // a second changes nothing
    ],
  ],
  [
    'any ignores approvals of other tiers',
    any(user('bob')),
    [
      [approval('carol', 'fallback', 0), false], // same index in another list
      [approval('dan', 'administrators', 0), false],
      [by('bob', 0), true],
    ],
  ],
  [
    'an entry that the step does not have never counts',
    any(user('bob')),
    [
      [by('carol', 1), false],
      [by('carol', -1), false],
    ],
  ],
  [
    'all needs each entry',
    all(manager, group('security')),
    [
      [by('bob', 0), false], // the manager
      [by('dan', 0), false], // another for the same entry, as after a change of manager
      [by('carol', 1), true], // Security
    ],
  ],
  ['all accepts one approval for several entries', all(manager, group('security')), [[by('bob', 0, 1), true]]],
  [
    'all adds the entries of one person up',
    all(manager, group('security'), user('dan')),
    [
      [by('bob', 0, 1), false],
      [by('dan', 2), true],
    ],
  ],
  ['all of nothing is never reached', all(), [[by('bob', 0), false]]],
  [
    'count needs different people',
    atLeast(2, group('security'), user('bob')),
    [
      [by('bob', 0, 1), false], // one person in two entries
      [by('bob', 1), false], // the same person again
      [by('carol', 0), true],
    ],
  ],
  [
    'count does not need different entries',
    atLeast(2, group('security'), user('dan')),
    [
      [by('bob', 0), false],
      [by('carol', 0), true],
    ],
  ],
  [
    'count without a number is never reached',
    { quorum: 'count', approvers: [group('security')] },
    [
      [by('bob', 0), false],
      [by('carol', 0), false],
    ],
  ],
];

it.each(reached)('%s', (_, set, sequence) => {
  expect(isReached(set, 'step', [])).toBe(false);
  sequence.forEach(([, expected], index) => {
    const given = sequence.slice(0, index + 1).map(([made]) => made);
    expect([index, isReached(set, 'step', given)]).toEqual([index, expected]);
  });
});

/** The candidates of each entry and the approvals given, with whether the quorum can be reached. */
it.each<[string, ApproverSet, string[][], Approval[], boolean]>([
  ['any with a candidate', any(manager, user('carol')), [[], ['carol']], [], true],
  ['any without a candidate', any(manager), [[]], [], false],
  ['any with an approval', any(manager), [[]], [by('bob', 0)], true],
  ['any with fewer lists than entries', any(manager, user('carol')), [[]], [], false],
  ['any with a candidate of no entry', any(manager), [[], ['carol']], [], false],
  ['all with a candidate of each entry', all(manager, user('carol')), [['bob'], ['carol']], [], true],
  ['all with one candidate of both entries', all(manager, group('security')), [['bob'], ['bob']], [], true],
  ['all with an entry of nobody', all(manager, user('carol')), [[], ['carol']], [], false],
  ['all with an approval for the entry of nobody', all(manager, user('carol')), [[], ['carol']], [by('bob', 0)], true],
  ['all of nothing', all(), [], [], false],
  ['count with enough candidates', atLeast(2, group('security')), [['bob', 'carol']], [], true],
  ['count with one candidate of two entries', atLeast(2, manager, group('security')), [['bob'], ['bob']], [], false],
  ['count with an approval and a candidate', atLeast(2, group('security')), [['carol']], [by('bob', 0)], true],
  ['count with an approval by the only candidate', atLeast(2, group('security')), [['bob']], [by('bob', 0)], false],
  ['count with an approval of another tier', atLeast(2, manager), [['carol']], [approval('bob', 'fallback', 0)], false],
])('can be reached: %s', (_, set, candidates, given, expected) => {
  expect(canBeReached(set, 'step', candidates, given)).toBe(expected);
});

it('a quorum that is reached can be reached', () => {
  fc.assert(
    fc.property(sets, entryPeople, approvals, (set, candidates, given) => {
      fc.pre(isReached(set, 'step', given));
      expect(canBeReached(set, 'step', candidates, given)).toBe(true);
    }),
  );
});

it('a quorum that can be reached is reached when all candidates approve', () => {
  fc.assert(
    fc.property(sets, entryPeople, approvals, (set, candidates, given) => {
      const rest = candidates.flatMap((people, entry) => people.map((person) => by(person, entry)));
      expect(isReached(set, 'step', [...given, ...rest])).toBe(canBeReached(set, 'step', candidates, given));
    }),
  );
});
