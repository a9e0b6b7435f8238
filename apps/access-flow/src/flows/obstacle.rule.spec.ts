import { type Circumstances, noLonger, type Obstacle, obstacleTo, refusedFor } from './obstacle.rule.js';

const flow = { enabled: true, groupIds: ['deploy'] };
const circumstances: Circumstances = {
  user: { active: true },
  groupId: 'deploy',
  groupIsThere: true,
  isRequester: true,
};
const gone = { user: undefined, groupId: 'billing', groupIsThere: false, isRequester: false };

it.each<[string, Partial<typeof flow>, Partial<Circumstances>, Obstacle | undefined]>([
  ['nothing stands against it', {}, {}, undefined],
  ['there is no such user', {}, { user: undefined }, 'no_user'],
  ['the user is deactivated', {}, { user: { active: false } }, 'user_deactivated'],
  ['the flow is disabled', { enabled: false }, {}, 'flow_disabled'],
  ['the flow does not offer the group', {}, { groupId: 'billing' }, 'group_not_offered'],
  ['the flow offers no group', { groupIds: [] }, {}, 'group_not_offered'],
  ['the group is not synced', {}, { groupIsThere: false }, 'group_not_synced'],
  ['the user may not request', {}, { isRequester: false }, 'requester_not_eligible'],
  ['of all obstacles the user comes first', { enabled: false }, gone, 'no_user'],
  [
    'of all obstacles but the user the flow comes first',
    { enabled: false },
    { ...gone, user: { active: true } },
    'flow_disabled',
  ],
])('%s', (_, change, found, obstacle) => {
  expect(obstacleTo({ ...flow, ...change }, { ...circumstances, ...found })).toBe(obstacle);
});

it('each obstacle has a sentence of its own for new requests and for decisions', () => {
  const all: Obstacle[] = [
    'no_user',
    'user_deactivated',
    'flow_disabled',
    'group_not_offered',
    'group_not_synced',
    'requester_not_eligible',
  ];
  const refusals = all.flatMap((obstacle) => [refusedFor(obstacle), noLonger(obstacle)]);
  expect(new Set(refusals.map(({ detail }) => detail)).size).toBe(2 * all.length);
  expect(refusals.map(({ code }) => code)).toEqual(
    ['missing', ...all.slice(1).map(() => 'notAllowed')].flatMap((code) => [code, 'conflict']),
  );
});
