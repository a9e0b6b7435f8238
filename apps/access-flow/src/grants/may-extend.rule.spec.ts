import { type Actor, type UnnamedFlow } from '@tidegate/contracts';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { type ExtensionAsked, type LockedGrant, whyNotExtend } from './may-extend.rule.js';

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
  requestedBy: null,
};
const flow: UnnamedFlow = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  eligibility: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 7200,
  steps: [],
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

const by = (actor: Actor, seconds = 60): ExtensionAsked => ({ actor, seconds, isHolder: false, asApprover: false });

it.each<[string, Partial<LockedGrant>, Partial<UnnamedFlow>, Partial<AccessInputs>, number, string | undefined]>([
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
    by(dan, seconds),
  );
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});

it('a grant with a deleted flow cannot be extended', () => {
  expect(whyNotExtend(grant, undefined, alice, by(dan))?.detail).toContain('deleted');
});

const erin: Actor = { kind: 'person', issuer: login.issuer, subject: '00u2' };
const erinsKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { issuer: login.issuer, subject: '00u2' } };
const approved: UnnamedFlow = { ...flow, steps: oneOf('bob') };

it.each<[string, Partial<LockedGrant>, ExtensionAsked]>([
  ['its user', {}, by(own)],
  ['an API key of its user', {}, by(ownKey)],
  ['its user under another account', {}, { ...by(dan), isHolder: true }],
  ['an API key of its user whose creator is linked to no user', {}, { ...by(erinsKey), isHolder: true }],
  ['the person who made its request', { requestedBy: dan }, by(dan)],
  ['an API key of the person who made its request, linked to no user', { requestedBy: erin }, by(erinsKey)],
  ['the person whose API key made its request', { requestedBy: erinsKey }, by(erin)],
])('a grant under a flow with approvers cannot be extended by %s', (_, grantChange, asked) => {
  expect(whyNotExtend({ ...grant, ...grantChange }, approved, alice, asked)?.code).toBe('notAllowed');
  expect(whyNotExtend({ ...grant, ...grantChange }, flow, alice, asked)).toBeUndefined();
});

it('a grant under a flow with approvers can be extended by another person, and by an API key without a creator', () => {
  const requested = { ...grant, requestedBy: erin };
  expect(whyNotExtend(requested, approved, alice, by({ ...dan, subject: '00u3' }))).toBeUndefined();
  expect(whyNotExtend(requested, approved, alice, by({ kind: 'apiKey', keyId: 'k', name: 'x' }))).toBeUndefined();
});

const user = (userId: string): Actor => ({ kind: 'person', issuer: login.issuer, subject: `00u-${userId}`, userId });
const bob = user('bob');
const automatic = flow.approval;

it.each<[string, Actor, Partial<UnnamedFlow> | undefined, Partial<LockedGrant>, string | undefined]>([
  ['an approver of the flow', bob, {}, {}, undefined],
  ['an approver of the flow who made its request', bob, {}, { requestedBy: bob }, 'notAllowed'],
  ['its user, as an approver of the flow', bob, {}, { userId: 'bob' }, 'notAllowed'],
  ['an approver, after it has ended', bob, {}, { status: 'ended' }, 'conflict'],
  ['a user who is not an approver', dan, {}, {}, 'missing'],
  ['a user who is not an approver, after it has ended', dan, {}, { status: 'ended' }, 'missing'],
  ['a person who is not a user', erin, {}, {}, 'missing'],
  ['a former approver', bob, { steps: oneOf('carol') }, {}, 'missing'],
  ['another user under an automatic flow', bob, { approval: automatic }, {}, 'missing'],
  ['an approver of a deleted flow', bob, undefined, {}, 'missing'],
])('who may extend a grant only as an approver: %s', (_, actor, flowChange, grantChange, code) => {
  const current = flowChange && { ...approved, ...flowChange };
  const refusal = whyNotExtend({ ...grant, ...grantChange }, current, alice, { ...by(actor), asApprover: true });
  expect(refusal?.code).toBe(code);
});

it('the refusal of the holder says whom to ask', () => {
  expect(whyNotExtend(grant, approved, alice, by(own))?.detail).toMatch(/Ask an approver .* administrator/);
});
