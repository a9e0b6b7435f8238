import { type Actor, type FlowRecord } from '@tidegate/contracts';
import { type Circumstances } from '../flows/obstacle.rule.js';
import { type Extendable, type ExtensionAsked, whyNotExtend } from './may-extend.rule.js';

const START = Date.parse('2026-01-01T12:00:00Z');
const after = (seconds: number) => new Date(START + seconds * 1000);
/** Lasts an hour, and was made under a maximum of two. */
const grant: Extendable = {
  userId: 'alice',
  status: 'active',
  startsAt: after(0),
  endsAt: after(3600),
  maxEndsAt: after(7200),
  isOver: false,
  requestedBy: null,
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
const alice: Circumstances = { user: { active: true }, groupId: 'deploy', groupIsThere: true, isRequester: true };

const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const dan: Actor = { kind: 'person', ...login, userId: 'dan' };
const own: Actor = { kind: 'person', ...login, userId: 'alice' };
const ownKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { ...login, userId: 'alice' } };

const by = (actor: Actor, seconds = 60): ExtensionAsked => ({ actor, seconds, isHolder: false });

it.each<[string, Partial<Extendable>, Partial<FlowRecord>, Partial<Circumstances>, number, string | undefined]>([
  ['up to the maximum', {}, {}, {}, 3600, undefined],
  ['beyond the maximum', {}, {}, {}, 3601, '7200 seconds'],
  [
    'beyond the maximum it was made under, when the flow allows more now',
    {},
    { maxDurationSeconds: 9000 },
    {},
    3601,
    '7200 seconds',
  ],
  ['up to the maximum of now, when the flow allowed more', {}, { maxDurationSeconds: 5400 }, {}, 1800, undefined],
  ['beyond the maximum of now, when the flow allowed more', {}, { maxDurationSeconds: 5400 }, {}, 1801, '5400 seconds'],
  ['when it lasts longer already than the flow allows now', {}, { maxDurationSeconds: 600 }, {}, 60, '600 seconds'],
  ['when it was made without room for more', { maxEndsAt: after(3600) }, {}, {}, 60, '3600 seconds'],
  ['before it has taken effect', { status: 'activating' }, {}, {}, 60, 'activating'],
  ['when it is being revoked', { status: 'revoking' }, {}, {}, 60, 'revoking'],
  ['when it has ended', { status: 'ended' }, {}, {}, 60, 'ended'],
  ['when its time is over and nothing has ended it yet', { isOver: true }, {}, {}, 60, 'is over'],
  ['when the flow is disabled', {}, { enabled: false }, {}, 60, 'disabled'],
  ['when the flow no longer offers the group', {}, { groupIds: [] }, {}, 60, 'no longer offers'],
  ['when the group is not synced', {}, {}, { groupIsThere: false }, 60, 'groups to sync'],
  ['when the user may no longer request', {}, {}, { isRequester: false }, 60, 'no longer request'],
  ['when the user is deactivated', {}, {}, { user: { active: false } }, 60, 'deactivated'],
])('extending a grant %s', (_, of, rule, found, seconds, says) => {
  const refusal = whyNotExtend({ ...grant, ...of }, { ...flow, ...rule }, { ...alice, ...found }, by(dan, seconds));
  expect(refusal?.code).toBe(says && 'conflict');
  expect(refusal?.detail ?? '').toContain(says ?? '');
});

it('a grant whose flow is deleted is not extended', () => {
  expect(whyNotExtend(grant, undefined, alice, by(dan))?.detail).toContain('deleted');
});

const erin: Actor = { kind: 'person', issuer: login.issuer, subject: '00u2' };
const erinsKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { issuer: login.issuer, subject: '00u2' } };
const approved: FlowRecord = { ...flow, approval: { kind: 'one_approver', approverIds: ['bob'] } };

it.each<[string, Partial<Extendable>, ExtensionAsked]>([
  ['its holder', {}, by(own)],
  ['a key that its holder made', {}, by(ownKey)],
  ['its holder under another account', {}, { ...by(dan), isHolder: true }],
  ['a key whose maker is the holder and linked to no user', {}, { ...by(erinsKey), isHolder: true }],
  ['the person who made its request', { requestedBy: dan }, by(dan)],
  ['a key of the person who made its request, who is linked to no user', { requestedBy: erin }, by(erinsKey)],
  ['the person whose key made its request', { requestedBy: erinsKey }, by(erin)],
])('a grant under a flow with approvers is not extended by %s', (_, of, asked) => {
  expect(whyNotExtend({ ...grant, ...of }, approved, alice, asked)?.code).toBe('notAllowed');
  expect(whyNotExtend({ ...grant, ...of }, flow, alice, asked)).toBeUndefined();
});

it('a grant under a flow with approvers is extended by another person, and by a key without a maker', () => {
  const asked = { ...grant, requestedBy: erin };
  expect(whyNotExtend(asked, approved, alice, by({ ...dan, subject: '00u3' }))).toBeUndefined();
  expect(whyNotExtend(asked, approved, alice, by({ kind: 'apiKey', keyId: 'k', name: 'x' }))).toBeUndefined();
});
