import { type ApprovalStep, type RequestStep } from '@tidegate/contracts';
import { all, any, later, user } from '../approval/test/step-data.js';
import { approversOf, type NamedApprover, reviewRecord, stepRecords } from './steps.rule.js';

type Request = Parameters<typeof stepRecords>[0];
type Given = Parameters<typeof stepRecords>[3];

const OPENED = new Date('2026-01-01T12:00:00Z');
const request: Request = { status: 'pending', step: 0, round: 1, stepOpenedAt: OPENED, escalated: false };
const steps: ApprovalStep[] = [any(user('bob')), any(user('carol')), any(user('dan'))];
const approver = (change: Partial<NamedApprover>): NamedApprover => ({
  ...{ step: 0, tier: 'step', entry: 0, kind: 'user', source: 'user' },
  ...{ id: 'bob', name: 'bob@example.com', displayName: 'Bob' },
  ...change,
});
const deny = (round: number, step: number) => ({ round, step, verdict: 'deny' as const });

it.each<[string, Partial<Request>, Given, RequestStep['status'][]]>([
  ['a new request', {}, [], ['open', 'waiting', 'waiting']],
  ['a request in its second step', { step: 1 }, [], ['approved', 'open', 'waiting']],
  ['an approved request', { status: 'approved', step: 2 }, [], ['approved', 'approved', 'approved']],
  [
    'a request denied in the second step',
    { status: 'denied', step: 1 },
    [deny(1, 1)],
    ['approved', 'denied', 'skipped'],
  ],
  ['a denial before a restart', {}, [deny(0, 0)], ['open', 'waiting', 'waiting']],
  ['a request cancelled in its second step', { status: 'cancelled', step: 1 }, [], ['approved', 'skipped', 'skipped']],
  ['a request that expired at once', { status: 'expired' }, [], ['skipped', 'skipped', 'skipped']],
  [
    'a request that ended before a step opened',
    { status: 'cancelled', step: null },
    [],
    ['skipped', 'skipped', 'skipped'],
  ],
])('the steps of %s', (_, change, reviews, statuses) => {
  expect(stepRecords({ ...request, ...change }, steps, [], reviews).map(({ status }) => status)).toEqual(statuses);
});

it('a step has its name, quorum, count and reason, with null and false for what it does not set', () => {
  const named: ApprovalStep = { ...all(user('bob')), name: 'Security', requireReason: true };
  expect(stepRecords(request, [named, { ...any(user('bob')), quorum: 'count', count: 2 }], [], [])).toMatchObject([
    { name: 'Security', quorum: 'all', count: null, requireReason: true, escalatesAt: null },
    { name: null, quorum: 'count', count: 2, requireReason: false },
  ]);
});

it.each<[string, Partial<Request>, number, string | null]>([
  ['the open step', {}, 0, '2026-01-01T16:00:00.000Z'],
  ['a waiting step', {}, 1, null],
  ['a step that has escalated', { escalated: true }, 0, null],
  ['a step of a decided request', { status: 'denied' }, 0, null],
])('when %s escalates', (_, change, index, at) => {
  const escalating = [0, 1].map(() => ({ ...any(user('bob')), escalation: later(any(user('carol'))) }));
  expect(stepRecords({ ...request, ...change }, escalating, [], [])[index]!.escalatesAt).toBe(at);
});

describe('The approvers of a record', () => {
  it('belong to their step', () => {
    const records = stepRecords(request, steps, [approver({}), approver({ step: 1, id: 'carol' })], []);
    expect(records.map(({ approvers }) => approvers.map(({ id }) => id))).toEqual([['bob'], ['carol'], []]);
  });

  it('are each named once per tier, with all sources', () => {
    const rows = [approver({}), approver({ entry: 1, source: 'manager' }), approver({ entry: 2, source: 'manager' })];
    expect(approversOf([...rows, approver({ tier: 'escalation' })])).toMatchObject([
      { kind: 'user', id: 'bob', name: 'bob@example.com', sources: ['user', 'manager'], tier: 'step' },
      { sources: ['user'], tier: 'escalation' },
    ]);
  });

  it('have no id if they are the administrators, and the id as name if it is unknown', () => {
    const administrators = approver({
      kind: 'administrators',
      tier: 'administrators',
      source: 'administrators',
      id: 'nil',
    });
    expect(approversOf([administrators, approver({ name: null })])).toMatchObject([
      { kind: 'administrators', id: null, name: null, displayName: null },
      { id: 'bob', name: 'bob' },
    ]);
  });
});

it.each([
  ['of the open step', { round: 1, step: 1 }, true],
  ['of an earlier step', { round: 1, step: 0 }, true],
  ['before a restart', { round: 0, step: 0 }, false],
])('a review %s counts: %#', (_, place, counts) => {
  const entries = [0, 1].map((entry) => ({ tier: 'step' as const, entry, source: 'manager' as const }));
  const review = {
    ...{ integrationId: 'integration', requestId: 'request', reviewerKey: 'bob', reviewerId: 'bob' },
    ...{ verdict: 'approve' as const, comment: null, durationSeconds: null, createdAt: OPENED, reviewedBy: null },
    ...place,
    entries,
  };
  const users = { bob: { userName: 'bob@example.com', displayName: 'Bob', active: true } };
  expect(reviewRecord({ round: 1, step: 1 }, review, users)).toMatchObject({
    reviewerName: 'bob@example.com',
    sources: ['manager'],
    counts,
  });
});
