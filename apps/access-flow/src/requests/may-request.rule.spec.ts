import { type FlowRecord } from '@tidegate/contracts';
import { type Circumstances } from '../flows/obstacle.rule.js';
import { whyNotRequest } from './may-request.rule.js';

const flow: FlowRecord = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 3600,
  approval: { kind: 'automatic' },
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: null,
  updatedBy: null,
};
const alice: Circumstances = { user: { active: true }, groupId: 'deploy', groupIsThere: true, isRequester: true };

it.each<[string, Partial<Circumstances>, number, string | undefined]>([
  ['a minute is the shortest', {}, 60, undefined],
  ['the maximum of the flow is the longest', {}, 3600, undefined],
  ['less than a minute is refused', {}, 59, 'invalid'],
  ['more than the maximum is refused', {}, 3601, 'invalid'],
  ['what stands against it is refused', { isRequester: false }, 60, 'notAllowed'],
  ['what stands against it is said before a wrong duration', { groupIsThere: false }, 59, 'notAllowed'],
  ['an unknown user is missing', { user: undefined }, 60, 'missing'],
])('%s', (_, change, durationSeconds, code) => {
  expect(whyNotRequest(flow, { ...alice, ...change }, durationSeconds)?.code).toBe(code);
});
