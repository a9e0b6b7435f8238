import { type AccessInputs, refuseDecision, type Obstacle, findObstacle, refuseRequest } from './obstacle.rule.js';

const flow = { enabled: true, groupIds: ['deploy'] };
const inputs: AccessInputs = {
  user: { active: true },
  groupId: 'deploy',
  groupIsSynced: true,
  isEligible: true,
};
const allMissing = { user: undefined, groupId: 'billing', groupIsSynced: false, isEligible: false };

it.each<[string, Partial<typeof flow>, Partial<AccessInputs>, Obstacle | undefined]>([
  ['access is allowed', {}, {}, undefined],
  ['the user does not exist', {}, { user: undefined }, 'no_user'],
  ['the user is deactivated', {}, { user: { active: false } }, 'user_deactivated'],
  ['the flow is disabled', { enabled: false }, {}, 'flow_disabled'],
  ['the flow does not offer the group', {}, { groupId: 'billing' }, 'group_not_offered'],
  ['the flow offers no group', { groupIds: [] }, {}, 'group_not_offered'],
  ['the group is not synced', {}, { groupIsSynced: false }, 'group_not_synced'],
  ['the user is not eligible', {}, { isEligible: false }, 'requester_not_eligible'],
  ['a missing user is reported before all other obstacles', { enabled: false }, allMissing, 'no_user'],
  [
    'a disabled flow is reported before its groups and eligible users',
    { enabled: false },
    { ...allMissing, user: { active: true } },
    'flow_disabled',
  ],
])('%s', (_, flowChange, inputChange, obstacle) => {
  expect(findObstacle({ ...flow, ...flowChange }, { ...inputs, ...inputChange })).toBe(obstacle);
});

it('each obstacle has its own message for new requests and for decisions', () => {
  const all: Obstacle[] = [
    'no_user',
    'user_deactivated',
    'flow_disabled',
    'group_not_offered',
    'group_not_synced',
    'requester_not_eligible',
  ];
  const refusals = all.flatMap((obstacle) => [refuseRequest(obstacle), refuseDecision(obstacle)]);
  expect(new Set(refusals.map(({ detail }) => detail)).size).toBe(2 * all.length);
  expect(refusals.map(({ code }) => code)).toEqual(
    ['missing', ...all.slice(1).map(() => 'notAllowed')].flatMap((code) => [code, 'conflict']),
  );
});
