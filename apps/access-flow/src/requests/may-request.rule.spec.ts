import { FLOW_LIMITS, type UnnamedFlow } from '@tidegate/contracts';
import { FLOW as flow } from '../policy/test/flow-data.js';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { type Asked, type RequestingMember, whyCapped, whyNotRequest, whyNotRequestFor } from './may-request.rule.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const alice: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };
const minute: Asked = { durationSeconds: 60, justification: null, startsAt: null };
const ahead = FLOW_LIMITS.startsWithinSeconds;

describe('A request', () => {
  it.each<[string, Partial<AccessInputs>, Partial<UnnamedFlow>, Partial<Asked>, string | undefined, RegExp?]>([
    ['of the minimum of the flow is allowed', {}, {}, {}, undefined],
    ['of the maximum of the flow is allowed', {}, {}, { durationSeconds: 3600 }, undefined],
    ['of less than the minimum is refused', {}, { minDurationSeconds: 90 }, {}, 'invalid', /from 90 to 3600/],
    ['of more than the maximum is refused', {}, {}, { durationSeconds: 3601 }, 'invalid', /from 60 to 3600/],
    ['of an unknown user is refused', { user: undefined }, {}, {}, 'missing'],
    ['of a deactivated user is refused', { user: { active: false } }, {}, {}, 'notAllowed', /deactivated/],
    ['under a disabled flow is refused', {}, { enabled: false }, {}, 'notAllowed', /is disabled/],
    ['for a group of another flow is refused', { groupId: 'billing' }, {}, {}, 'notAllowed', /does not offer/],
    ['for a group that is not synced is refused', { groupIsSynced: false }, {}, {}, 'notAllowed', /groups to sync/],
    ['of a user who is not eligible is refused', { isEligible: false }, {}, {}, 'notAllowed', /not eligible/],
    ['is checked for its user before its duration', { isEligible: false }, {}, { durationSeconds: 1 }, 'notAllowed'],
    [
      'without the required justification is refused',
      {},
      { requireJustification: true },
      {},
      'invalid',
      /justification/,
    ],
    [
      'with the required justification is allowed',
      {},
      { requireJustification: true },
      { justification: 'x' },
      undefined,
    ],
    ['for a later start is allowed', {}, {}, { startsAt: after(1) }, undefined],
    ['for a start in the past is refused', {}, {}, { startsAt: after(-1) }, 'invalid', /in the future/],
    ['for a start at the limit is allowed', {}, {}, { startsAt: after(ahead) }, undefined],
    ['for a start beyond the limit is refused', {}, {}, { startsAt: after(ahead + 1) }, 'invalid', /90 days/],
  ])('%s', (_, inputChange, flowChange, asked, code, message = /^/) => {
    const refusal = whyNotRequest(
      { ...flow, ...flowChange },
      { ...alice, ...inputChange },
      { ...minute, ...asked },
      NOW,
    );
    expect(refusal?.code).toBe(code);
    if (refusal) expect(refusal.message).toMatch(message);
  });
});

describe('Who can request for alice', () => {
  const self: RequestingMember = { userId: 'alice', isActive: true, isEligible: true, isManager: false };
  const bob: RequestingMember = { userId: 'bob', isActive: true, isEligible: false, isManager: false };

  it.each<[string, UnnamedFlow['requesters'], RequestingMember | undefined, string | undefined]>([
    ['an administrator, whatever the flow says', [], undefined, undefined],
    ['a deactivated manager', ['manager'], { ...bob, isActive: false, isManager: true }, 'notAllowed'],
    ['alice under `self`', ['self'], self, undefined],
    ['not alice without `self`', ['manager', 'others'], self, 'notAllowed'],
    ['not another user under `self`', ['self'], { ...bob, isEligible: true, isManager: true }, 'notAllowed'],
    ['the manager under `manager`', ['manager'], { ...bob, isManager: true }, undefined],
    ['not another eligible user under `manager`', ['manager'], { ...bob, isEligible: true }, 'notAllowed'],
    ['an eligible user under `others`', ['others'], { ...bob, isEligible: true }, undefined],
    ['not a user who is not eligible under `others`', ['others'], bob, 'notAllowed'],
    ['not the manager under `others`, unless eligible', ['others'], { ...bob, isManager: true }, 'notAllowed'],
  ])('%s', (_, requesters, member, code) => {
    expect(whyNotRequestFor({ requesters }, 'alice', member)?.code).toBe(code);
  });
});

it.each<[string, number | null, number | null, string | undefined]>([
  ['no caps allow any number of grants', null, null, undefined],
  ['one below both caps is allowed', 3, 6, undefined],
  ['the cap of the user is the most', 2, null, 'This user'],
  ['the cap of the group is the most', null, 5, 'This group'],
  ['a cap that was lowered later refuses', 1, 1, 'This user'],
])('%s', (_, maxGrantsPerUser, maxGrantsPerGroup, detail) => {
  const refusal = whyCapped({ maxGrantsPerUser, maxGrantsPerGroup }, { ofUser: 2, ofGroup: 5 });
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});
