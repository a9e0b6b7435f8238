import { NAMES_AT_ONCE, type ReferenceMatches } from '@tidegate/contracts';
import { namesIn, references, resolved } from './references.rule.js';

const [HERE, THERE] = ['here', 'there'];
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const match = (name: string, n: number, integrationId = HERE) => ({ name, id: id(n), integrationId });
const found: ReferenceMatches = {
  users: [match('alice', 1), match('bob', 2), match('bob', 3, THERE)],
  groups: [match('Deploy', 4), match('deploy', 4)],
  flows: [match('Night', 5)],
};

it('all values that are no UUIDs are names', () => {
  const fields = {
    userId: references('user', 'alice'),
    approverId: references('user', undefined),
    reviewers: references('user', ['bob', 'alice', id(1)]),
    groupIds: references('group', [id(4), 'Deploy']),
  };
  expect(namesIn(fields)).toEqual([{ userNames: ['alice', 'bob'], groupNames: ['Deploy'] }]);
  expect(namesIn({ userId: references('user', id(1)), flowId: references('flow', []) })).toEqual([]);
});

it('names that do not fit into one command are in several', () => {
  const names = Array.from({ length: 2 * NAMES_AT_ONCE + 1 }, (_, n) => `user ${n}`);
  const lists = namesIn({ values: references('user', names), groupId: references('group', 'Deploy') });
  expect(lists.flatMap(({ userNames = [] }) => userNames)).toEqual(names);
  expect(lists.map(({ userNames = [], groupNames = [] }) => [userNames.length, groupNames.length])).toEqual([
    [NAMES_AT_ONCE, 1],
    [NAMES_AT_ONCE, 0],
    [1, 0],
  ]);
});

it('the objects have the order of the values, and their integration if they were given by name', () => {
  const fields = {
    userId: references('user', 'alice'),
    groupId: references('group', undefined),
    flows: references('flow', [id(6), 'Night']),
  };
  expect(resolved(fields, found, false)).toEqual({
    objects: {
      userId: [{ id: id(1), integrationId: HERE }],
      groupId: [],
      flows: [{ id: id(6) }, { id: id(5), integrationId: HERE }],
    },
    faults: {},
  });
});

it.each([
  [references('user', 'bob'), 'Several users have this userName: give the id.'],
  [references('user', ['alice', 'x"y']), 'No user of this integration has the userName "x\\"y".'],
  [references('group', 'ops'), 'No synced group of this integration has the name "ops".'],
  [references('flow', 'ops'), 'No access flow of this integration has the name "ops".'],
  [references('flow', 'Deploy'), 'No access flow of this integration has the name "Deploy".'],
  [references('group', ['Deploy', 'deploy']), 'must not name the same object twice'],
  [references('group', ['Deploy', id(4)]), 'must not name the same object twice'],
])('%j: %s', (field, message) => {
  expect(resolved({ field }, found, true).faults).toEqual({ field: message });
});

it('names are not said to be of one integration if several were searched', () => {
  const { faults } = resolved({ userId: references('user', 'x') }, found, false);
  expect(faults).toEqual({ userId: 'No user has the userName "x".' });
});
