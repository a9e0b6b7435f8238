import { type ApprovalStep, type ApproverSet } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { all, any, atLeast, flowOwners, group, groupOwners, later, manager, steps, user } from './test/step-data.js';
import { stepFaults } from './step-checks.rule.js';
import { type StepSettings } from './step-sets.js';

const [bob, carol, dan] = [user('bob'), user('carol'), user('dan')];
const security = group('security');
const fallback = (set: ApproverSet) => ({ fallback: set });
const escalation = (set: ApproverSet) => ({ escalation: later(set) });
const owned = { ownerIds: ['dan'] };

/** Steps, the settings beside them, and the faults: the field, and a part of the message. */
const table: [string, ApprovalStep[], Partial<StepSettings>, [string, string][]][] = [
  ['no steps', [], {}, []],
  ['one user', [any(bob)], {}, []],
  ['users, a group and owners of the group', [all(bob, security, groupOwners)], {}, []],

  // count
  ['a count without a number', [{ ...any(bob), quorum: 'count' }], {}, [['steps[0].count', 'is required']]],
  ['a number with any', [{ ...any(bob), count: 1 }], {}, [['steps[0].count', 'is not used by the quorum any']]],
  ['a number with all', [{ ...all(bob), count: 1 }], {}, [['steps[0].count', 'is not used by the quorum all']]],
  ['as many as there are', [atLeast(2, bob, carol)], {}, []],
  ['more than there are', [atLeast(3, bob, carol)], {}, [['steps[0].count', 'at most 2 different users']]],
  ['the members of a group are not counted', [atLeast(3, bob, security)], {}, []],
  ['the owners of the group are not counted', [atLeast(3, bob, groupOwners)], {}, []],
  ['a manager is one user', [atLeast(3, bob, manager)], owned, [['steps[0].count', 'at most 2 different users']]],
  ['the owners of the flow are counted', [atLeast(3, bob, flowOwners)], { ownerIds: ['carol', 'dan'] }, []],
  [
    'an owner who is named is one user',
    [atLeast(2, dan, flowOwners)],
    owned,
    [['steps[0].count', 'at most 1 different']],
  ],
  [
    'more than there are in a fallback and an escalation',
    [any(security), { ...any(security), ...fallback(atLeast(2, bob)), ...escalation(atLeast(3, bob)) }],
    {},
    [
      ['steps[1].fallback.count', 'at most 1 different'],
      ['steps[1].escalation.count', 'at most 1 different'],
    ],
  ],

  // duplicates
  ['a user twice', [any(bob, carol, bob)], {}, [['steps[0].approvers[2]', 'repeats steps[0].approvers[0]']]],
  ['the manager twice', [any(bob, manager, manager)], {}, [['steps[0].approvers[2]', 'repeats steps[0].approvers[1]']]],
  ['a user and a group with the same id', [any(user('x'), group('x'))], {}, []],
  [
    'a user twice in an escalation',
    [{ ...any(bob), ...escalation(any(carol, carol)) }],
    {},
    [['steps[0].escalation.approvers[1]', 'repeats steps[0].escalation.approvers[0]']],
  ],

  // cycles
  ['an escalation to others', [{ ...any(bob), ...escalation(any(bob, carol)) }], {}, []],
  [
    'an escalation to the same',
    [{ ...any(bob), ...escalation(any(bob)) }],
    {},
    [['steps[0].escalation.approvers', 'must include']],
  ],
  [
    'an escalation to the same in another order',
    [any(bob), { ...all(carol, dan), ...escalation(any(dan, carol)) }],
    {},
    [['steps[1].escalation.approvers', 'must include']],
  ],
  [
    'an escalation to some of the same',
    [{ ...all(bob, carol), ...escalation(any(bob)) }],
    {},
    [['steps[0].escalation.approvers', 'must include']],
  ],
  [
    'a fallback to the same',
    [{ ...all(bob, carol), ...fallback(any(carol, bob)) }],
    {},
    [['steps[0].fallback.approvers', 'must differ']],
  ],
  [
    'a fallback to some of the same, of whom any decides',
    [{ ...any(bob, carol), ...fallback(any(bob)) }],
    {},
    [['steps[0].fallback.approvers', 'must differ']],
  ],
  [
    'a fallback to some of the same, of whom all decide',
    [{ ...all(manager, security), ...fallback(any(security)) }],
    {},
    [],
  ],
  ['a fallback to others', [{ ...any(bob), ...fallback(any(carol)) }], {}, []],
  [
    'a fallback and an escalation to the same',
    [{ ...any(manager), ...fallback(any(bob)), ...escalation(any(bob)) }],
    {},
    [],
  ],

  // owners of the flow
  ['owners of a flow with owners', [any(flowOwners)], owned, []],
  ['owners of a flow without owners', [any(bob, flowOwners)], {}, [['steps[0].approvers[1]', 'Set ownerIds']]],
  [
    'the same in a fallback',
    [{ ...any(bob), ...fallback(any(flowOwners)) }],
    {},
    [['steps[0].fallback.approvers[0]', 'Set ownerIds']],
  ],

  // managers
  ['a manager alone', [any(manager)], {}, [['steps[0].fallback', 'is required']]],
  ['a manager and others', [all(manager, security)], {}, [['steps[0].fallback', 'is required']]],
  ['a manager or others', [any(manager, security)], {}, []],
  ['a manager whose approval is needed', [atLeast(2, manager, bob)], {}, [['steps[0].fallback', 'is required']]],
  ['a manager whose approval is not needed', [atLeast(2, manager, bob, carol)], {}, []],
  ['a manager with a fallback', [{ ...any(manager), ...fallback(any(bob)) }], {}, []],
  ['a manager with an escalation', [{ ...any(manager), ...escalation(any(bob)) }], {}, []],
  ['a manager with owners of the flow', [any(manager)], owned, []],
  [
    'a manager with a fallback that needs the manager',
    [{ ...any(manager), ...fallback(all(manager, bob)) }],
    {},
    [['steps[0].fallback', 'other than the manager']],
  ],

  // distinct approvers
  ['one user for two steps', [any(bob), any(bob)], {}, [['steps[1].approvers', 'no earlier step needs']]],
  ['too many of too few is one fault', [any(bob), atLeast(2, bob)], {}, [['steps[1].count', 'at most 1 different']]],
];

it.each(table)('%s', (_, flow, others, expected) => {
  const faults = stepFaults({ steps: flow, ownerIds: [], distinctApprovers: true, ...others });
  expect(faults).toEqual(expected.map(([field, message]) => [field, expect.stringContaining(message)]));
});

it('every fault names a field of its step', () => {
  const settings = fc.record({
    steps: fc.array(steps, { maxLength: 3 }),
    ownerIds: fc.subarray(['dan']),
    distinctApprovers: fc.boolean(),
  });
  const field = /^steps\[(\d)\]\.((fallback|escalation)\.)?(count|approvers(\[\d\])?|fallback)$/;
  fc.assert(
    fc.property(settings, (given) => {
      for (const [path] of stepFaults(given)) expect(Number(field.exec(path)?.[1])).toBeLessThan(given.steps.length);
    }),
  );
});
