import { type Actor, type FlowRecord } from '@tidegate/contracts';
import { type AccessInputs } from '../flows/obstacle.rule.js';
import { type LockedGrant, whyNotExtend } from './may-extend.rule.js';

const START = Date.parse('2026-01-01T12:00:00Z');
const after = (seconds: number) => new Date(START + seconds * 1000);
/** Lasts one hour, with a maximum of two. */
const grant: LockedGrant = {
  userId: 'alice',
  status: 'active',
  startsAt: after(0),
  endsAt: after(3600),
  maxEndsAt: after(7200),
  isOver: false,
};
const flow: FlowRecord = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 7200,
  approval: { kind: 'automatic' },
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: null,
  updatedBy: null,
};
const alice: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };

const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const dan: Actor = { kind: 'person', ...login, userId: 'dan' };
const own: Actor = { kind: 'person', ...login, userId: 'alice' };
const ownKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { ...login, userId: 'alice' } };

it.each<[string, Partial<LockedGrant>, Partial<FlowRecord>, Partial<AccessInputs>, number, string | undefined]>([
  ['up to the maximum', {}, {}, {}, 3600, undefined],
  ['beyond the maximum', {}, {}, {}, 3601, '7200 seconds'],
  [
    'beyond its original maximum, when the flow allows more now',
    {},
    { maxDurationSeconds: 9000 },
    {},
    3601,
    '7200 seconds',
  ],
  ['up to the current maximum, when the flow allowed more', {}, { maxDurationSeconds: 5400 }, {}, 1800, undefined],
  [
    'beyond the current maximum, when the flow allowed more',
    {},
    { maxDurationSeconds: 5400 },
    {},
    1801,
    '5400 seconds',
  ],
  ['when it already exceeds the current maximum', {}, { maxDurationSeconds: 600 }, {}, 60, '600 seconds'],
  ['when its original maximum is used up', { maxEndsAt: after(3600) }, {}, {}, 60, '3600 seconds'],
  ['before it is active', { status: 'activating' }, {}, {}, 60, 'activating'],
  ['while it is revoking', { status: 'revoking' }, {}, {}, 60, 'revoking'],
  ['when it has ended', { status: 'ended' }, {}, {}, 60, 'ended'],
  ['when its time is over but it is still active', { isOver: true }, {}, {}, 60, 'has expired'],
  ['when the flow is disabled', {}, { enabled: false }, {}, 60, 'disabled'],
  ['when the flow no longer offers the group', {}, { groupIds: [] }, {}, 60, 'no longer offers'],
  ['when the group is not synced', {}, {}, { groupIsSynced: false }, 60, 'groups to sync'],
  ['when the user is no longer eligible', {}, {}, { isEligible: false }, 60, 'no longer eligible'],
  ['when the user is deactivated', {}, {}, { user: { active: false } }, 60, 'deactivated'],
])('extending a grant %s', (_, grantChange, flowChange, inputChange, seconds, detail) => {
  const refusal = whyNotExtend(
    { ...grant, ...grantChange },
    { ...flow, ...flowChange },
    { ...alice, ...inputChange },
    seconds,
    dan,
  );
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});

it('a grant with a deleted flow cannot be extended', () => {
  expect(whyNotExtend(grant, undefined, alice, 60, dan)?.detail).toContain('deleted');
});

it.each([
  ['its user', own],
  ['an API key of its user', ownKey],
])('a grant under a flow with approvers cannot be extended by %s', (_, actor) => {
  const approved = { ...flow, approval: { kind: 'one_approver' as const, approverIds: ['bob'] } };
  expect(whyNotExtend(grant, approved, alice, 60, actor)?.code).toBe('notAllowed');
  expect(whyNotExtend(grant, approved, alice, 60, dan)).toBeUndefined();
  expect(whyNotExtend(grant, flow, alice, 60, actor)).toBeUndefined();
});
