import { type FlowRecord } from '@tidegate/contracts';
import { type Asked, whyNotRequest } from './may-request.rule.js';

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
};
const alice: Asked = {
  user: { active: true },
  groupIsThere: true,
  groupId: 'deploy',
  isRequester: true,
  durationSeconds: 60,
};

it.each<[string, Partial<Asked>, Partial<FlowRecord>, string | undefined, RegExp?]>([
  ['a minute is the shortest', {}, {}, undefined],
  ['the maximum of the flow is the longest', { durationSeconds: 3600 }, {}, undefined],
  ['less than a minute is refused', { durationSeconds: 59 }, {}, 'invalid', /60 to 3600/],
  ['more than the maximum is refused', { durationSeconds: 3601 }, {}, 'invalid', /60 to 3600/],
  ['an unknown user is missing', { user: undefined }, {}, 'missing'],
  ['a deactivated user is refused', { user: { active: false } }, {}, 'notAllowed', /deactivated/],
  ['a flow that is off is refused', {}, { enabled: false }, 'notAllowed', /switched off/],
  ['a group of another flow is refused', { groupId: 'billing' }, {}, 'notAllowed', /through this access flow/],
  ['a group that is not synced is refused', { groupIsThere: false }, {}, 'notAllowed', /groups to sync/],
  ['a user who is no requester is refused', { isRequester: false }, {}, 'notAllowed', /may not ask/],
  ['who asks comes before for how long', { isRequester: false, durationSeconds: 1 }, {}, 'notAllowed'],
])('%s', (_, change, changeOfFlow, code, sentence = /^/) => {
  const refusal = whyNotRequest({ ...flow, ...changeOfFlow }, { ...alice, ...change });
  expect(refusal?.code).toBe(code);
  if (refusal) expect(refusal.message).toMatch(sentence);
});
