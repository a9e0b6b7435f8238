import { type Actor, TIMELINE_KINDS, type TimelineKind } from '@tidegate/contracts';
import { type EntryData, timelineEntry } from './timeline.rule.js';

const ref = (userName: string) => ({ userName, displayName: null, active: true });
const names = {
  users: { alice: ref('alice@example.com'), bob: ref('bob@example.com'), carol: ref('carol@example.com') },
  groups: { security: 'Security' },
};
const person = (userId: string): Actor => ({
  kind: 'person',
  issuer: 'https://acme.okta.com',
  subject: userId,
  userId,
});
const system: Actor = { kind: 'system', job: 'expiry' };
const bob = { kind: 'user', approverId: 'bob' } as const;
const carol = { kind: 'user', approverId: 'carol' } as const;
const security = { kind: 'group', approverId: 'security' } as const;
const administrators = { kind: 'administrators', approverId: 'nil' } as const;

const CASES: [TimelineKind, Actor | null, EntryData, string][] = [
  ['created', person('alice'), {}, 'alice@example.com made the request.'],
  ['created', null, {}, 'An unknown actor made the request.'],
  [
    'step_opened',
    system,
    { step: 0, approvers: [bob, bob, security] },
    'Step 1 opened for bob@example.com and the members of Security.',
  ],
  ['step_opened', system, { step: 1, approvers: [administrators] }, 'Step 2 opened for the administrators.'],
  ['approvers_changed', system, { step: 0, approvers: [carol] }, 'The approvers of step 1 are now carol@example.com.'],
  [
    'escalated',
    system,
    { step: 0, approvers: [bob, carol] },
    'Step 1 escalated. Its approvers are now bob@example.com and carol@example.com.',
  ],
  ['restarted', person('carol'), {}, 'The access flow changed, by carol@example.com. The approval starts again.'],
  ['reviewed', person('bob'), { step: 0, verdict: 'approve', reviewerId: 'bob' }, 'bob@example.com approved step 1.'],
  [
    'reviewed',
    { kind: 'apiKey', keyId: 'k', name: 'Bot' },
    { step: 1, verdict: 'deny', reviewerId: 'carol' },
    'carol@example.com denied step 2.',
  ],
  [
    'reviewed',
    { kind: 'person', issuer: 'i', subject: 's' },
    { step: 0, verdict: 'deny', reviewerId: null },
    'A person denied step 1.',
  ],
  ['commented', person('alice'), { text: 'Please.' }, 'alice@example.com commented.'],
  [
    'notified',
    system,
    { reason: 'decision_required', recipients: [{ kind: 'user', id: 'bob' }] },
    'A notification (decision required) is due to bob@example.com.',
  ],
  ['decided', person('bob'), { status: 'approved', reason: null }, 'The request was approved, by bob@example.com.'],
  [
    'decided',
    system,
    { status: 'cancelled', reason: 'user_deactivated' },
    'The request was cancelled (user deactivated), by Tidegate.',
  ],
  ['decided', system, { status: 'expired', reason: null }, 'The request expired.'],
  ['extended', person('alice'), { seconds: 3600 }, 'alice@example.com extended the grant by 1 hour.'],
  ['granted', null, {}, 'The grant was created.'],
  ['scheduled', null, {}, 'The grant was created. It starts later.'],
  ['activated', null, {}, 'The grant took effect.'],
  ['revoking', null, { reason: 'revoked' }, 'The end of the grant was decided (revoked).'],
  ['ended', null, { reason: 'expired' }, 'The grant ended (expired).'],
];

const at = new Date('2026-11-30T12:00:00Z');
const all = { names, shows: () => true };

it.each(CASES)('%s by %j with %j', (kind, actor, data, text) =>
  expect(timelineEntry({ at, kind, actor, data }, all)).toMatchObject({ at: at.toISOString(), kind, text }),
);

it('every kind has a case', () => expect(new Set(CASES.map(([kind]) => kind))).toEqual(new Set(TIMELINE_KINDS)));

it('the data has each approver once, with its name', () =>
  expect(
    timelineEntry(
      { at, kind: 'step_opened', actor: system, data: { step: 0, approvers: [bob, bob, administrators] } },
      all,
    ).data,
  ).toEqual({
    step: 0,
    approvers: [
      { kind: 'user', id: 'bob', name: 'bob@example.com' },
      { kind: 'administrators', id: null, name: null },
    ],
  }));

it('users that the caller may not see are counted, and appear nowhere', () => {
  const naming = { names, shows: (id: string) => id === 'bob' };
  const entry = (kind: TimelineKind, actor: Actor, data: EntryData) => timelineEntry({ at, kind, actor, data }, naming);
  const opened = entry('step_opened', person('carol'), { step: 0, approvers: [bob, carol, security] });
  expect(opened.text).toBe('Step 1 opened for bob@example.com and 2 others.');
  const reviewed = entry('reviewed', person('carol'), { step: 0, verdict: 'deny', reviewerId: 'carol' });
  expect(reviewed.text).toBe('A person denied step 1.');
  expect(reviewed.actor).toEqual({ kind: 'person' });
  expect(JSON.stringify([opened, reviewed])).not.toMatch(/carol|security/i);
});
