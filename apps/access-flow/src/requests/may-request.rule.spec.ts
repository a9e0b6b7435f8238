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

it.each<[string, Partial<Circumstances>, Partial<FlowRecord>, number, string | undefined, RegExp?]>([
  ['a minute is the shortest', {}, {}, 60, undefined],
  ['the maximum of the flow is the longest', {}, {}, 3600, undefined],
  ['less than a minute is refused', {}, {}, 59, 'invalid', /60 to 3600/],
  ['more than the maximum is refused', {}, {}, 3601, 'invalid', /60 to 3600/],
  ['an unknown user is missing', { user: undefined }, {}, 60, 'missing'],
  ['a deactivated user is refused', { user: { active: false } }, {}, 60, 'notAllowed', /deactivated/],
  ['a flow that is off is refused', {}, { enabled: false }, 60, 'notAllowed', /switched off/],
  ['a group of another flow is refused', { groupId: 'billing' }, {}, 60, 'notAllowed', /through this access flow/],
  ['a group that is not synced is refused', { groupIsThere: false }, {}, 60, 'notAllowed', /groups to sync/],
  ['a user who is no requester is refused', { isRequester: false }, {}, 60, 'notAllowed', /may not ask/],
  ['who asks comes before for how long', { isRequester: false }, {}, 1, 'notAllowed'],
])('%s', (_, change, changeOfFlow, durationSeconds, code, sentence = /^/) => {
  const refusal = whyNotRequest({ ...flow, ...changeOfFlow }, { ...alice, ...change }, durationSeconds);
  expect(refusal?.code).toBe(code);
  if (refusal) expect(refusal.message).toMatch(sentence);
});
