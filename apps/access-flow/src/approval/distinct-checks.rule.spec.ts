import { type ApprovalStep } from '@tidegate/contracts';
import { all, any, atLeast, group, user } from './test/step-data.js';
import { usersUsedUp } from './distinct-checks.rule.js';

const [bob, carol, dan, erin] = [user('bob'), user('carol'), user('dan'), user('erin')];

/** Steps, and the indexes of those that the earlier ones leave too few users for. */
const table: [string, ApprovalStep[], number[]][] = [
  ['no steps', [], []],
  ['one user for one step', [any(bob)], []],
  ['one user for two steps', [any(bob), any(bob)], [1]],
  ['one user for the first and the third step', [any(bob), any(carol), any(bob)], [2]],
  ['one user for three steps', [any(bob), any(bob), any(bob)], [1, 2]],
  ['a step after one that needs all of its users', [all(bob, carol), any(carol, bob)], [1]],
  ['a step after one that needs as many as it has', [atLeast(2, bob, carol), any(carol)], [1]],
  ['a step after one that needs some of its users', [any(bob, carol), any(bob, carol)], []],
  ['a step with one user left', [atLeast(2, bob, carol), any(carol, dan)], []],
  ['a step that needs all of its users, one of whom is left', [any(bob), all(bob, carol)], [1]],
  ['a step that needs more users than are left', [any(bob), any(carol), atLeast(2, bob, carol, dan)], [2]],
  ['a step that needs as many users as are left', [any(bob), any(carol), atLeast(2, bob, carol, dan, erin)], []],
  ['a group may have other members', [any(bob), any(bob, group('security'))], []],
  ['a group before may have other members', [any(bob, group('security')), any(bob)], []],
  ['a count that no step could reach', [any(bob), atLeast(2, bob)], []],
];

it.each(table)('%s', (_, steps, expected) => {
  const faults = (distinctApprovers: boolean) => usersUsedUp({ steps, ownerIds: [], distinctApprovers });
  expect(faults(true).map(([field]) => field)).toEqual(expected.map((index) => `steps[${index}].approvers`));
  expect(faults(false)).toEqual([]);
});
