import { type UnnamedFlow } from '@tidegate/contracts';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { whyNotRequest } from './may-request.rule.js';

const flow: UnnamedFlow = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  eligibility: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 3600,
  steps: [],
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: null,
  updatedBy: null,
};
const alice: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };

it.each<[string, Partial<AccessInputs>, Partial<UnnamedFlow>, number, string | undefined, RegExp?]>([
  ['one minute is allowed', {}, {}, 60, undefined],
  ['the maximum of the flow is allowed', {}, {}, 3600, undefined],
  ['less than one minute is refused', {}, {}, 59, 'invalid', /60 to 3600/],
  ['more than the maximum is refused', {}, {}, 3601, 'invalid', /60 to 3600/],
  ['an unknown user is refused', { user: undefined }, {}, 60, 'missing'],
  ['a deactivated user is refused', { user: { active: false } }, {}, 60, 'notAllowed', /deactivated/],
  ['a disabled flow is refused', {}, { enabled: false }, 60, 'notAllowed', /is disabled/],
  ['a group of another flow is refused', { groupId: 'billing' }, {}, 60, 'notAllowed', /does not offer/],
  ['a group that is not synced is refused', { groupIsSynced: false }, {}, 60, 'notAllowed', /groups to sync/],
  ['a user who is not eligible is refused', { isEligible: false }, {}, 60, 'notAllowed', /not eligible/],
  ['the user is checked before the duration', { isEligible: false }, {}, 1, 'notAllowed'],
])('%s', (_, inputChange, flowChange, durationSeconds, code, message = /^/) => {
  const refusal = whyNotRequest({ ...flow, ...flowChange }, { ...alice, ...inputChange }, durationSeconds);
  expect(refusal?.code).toBe(code);
  if (refusal) expect(refusal.message).toMatch(message);
});
