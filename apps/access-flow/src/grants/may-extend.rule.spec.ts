import { type Actor, type UnnamedFlow } from '@tidegate/contracts';
import { FLOW } from '../policy/test/flow-data.js';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { extendsAs, type LockedGrant, whyNotExtend } from './may-extend.rule.js';

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
  extensions: 0,
};
const flow: UnnamedFlow = { ...FLOW, maxDurationSeconds: 7200 };
const alice: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };

const login = { issuer: 'https://acme.okta.com', subject: '00u1' };
const dan: Actor = { kind: 'person', ...login, userId: 'dan' };
const own: Actor = { kind: 'person', ...login, userId: 'alice' };
const ownKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { ...login, userId: 'alice' } };

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
  ['before its start', { status: 'scheduled' }, {}, {}, 60, 'scheduled'],
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
    { seconds, as: 'administrator' },
  );
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});

it('a grant with a deleted flow cannot be extended', () => {
  expect(whyNotExtend(grant, undefined, alice, { seconds: 60, as: 'administrator' })?.detail).toContain('deleted');
});

const erin: Actor = { kind: 'person', issuer: login.issuer, subject: '00u2' };
const erinsKey: Actor = { kind: 'apiKey', keyId: 'k', name: 'x', maker: { issuer: login.issuer, subject: '00u2' } };

it.each<[string, Partial<LockedGrant>, Actor, boolean, string]>([
  ['its user', {}, own, false, 'holder'],
  ['an API key of its user', {}, ownKey, false, 'holder'],
  ['its user under another account', {}, dan, true, 'holder'],
  ['an API key of its user whose creator is linked to no user', {}, erinsKey, true, 'holder'],
  ['the person who made its request', { requestedBy: dan }, dan, false, 'holder'],
  [
    'an API key of the person who made its request, linked to no user',
    { requestedBy: erin },
    erinsKey,
    false,
    'holder',
  ],
  ['the person whose API key made its request', { requestedBy: erinsKey }, erin, false, 'holder'],
  ['another person', { requestedBy: erin }, { ...dan, subject: '00u3' }, false, 'administrator'],
  [
    'an API key without a creator',
    { requestedBy: erin },
    { kind: 'apiKey', keyId: 'k', name: 'x' },
    false,
    'administrator',
  ],
])('a grant is extended by %s', (_, grantChange, actor, isHolder, as) => {
  expect(extendsAs({ ...grant, ...grantChange }, actor, isHolder)).toBe(as);
});

const RULE: UnnamedFlow['extension'] = { approval: 'automatic', maxCount: 2, maxSeconds: 600 };

it.each<[string, UnnamedFlow['extension'], Partial<LockedGrant>, number, string | undefined, string]>([
  ['without a rule', null, {}, 60, 'notAllowed', 'Ask an administrator'],
  ['up to the length of the rule', RULE, {}, 600, undefined, ''],
  ['beyond the length of the rule', RULE, {}, 601, 'invalid', 'at most 600'],
  ['for the last time that the rule allows', RULE, { extensions: 1 }, 60, undefined, ''],
  ['more often than the rule allows', RULE, { extensions: 2 }, 60, 'conflict', 'extended 2 times'],
  ['beyond the maximum, within the rule', { ...RULE, maxSeconds: 7200 }, {}, 3601, 'conflict', '7200 seconds'],
  ['after it has ended', RULE, { status: 'ended' }, 60, 'conflict', 'ended'],
])('the holder extends a grant %s', (_, extension, grantChange, seconds, code, detail) => {
  const current = { ...flow, extension };
  const refusal = whyNotExtend({ ...grant, ...grantChange }, current, alice, { seconds, as: 'holder' });
  expect(refusal?.code).toBe(code);
  expect(refusal?.detail ?? '').toContain(detail);
});

it('the rule does not bind an administrator', () => {
  for (const extension of [null, { ...RULE, maxCount: 1 }]) {
    const extended = { ...grant, extensions: 5 };
    expect(
      whyNotExtend(extended, { ...flow, extension }, alice, { seconds: 3600, as: 'administrator' }),
    ).toBeUndefined();
  }
});
