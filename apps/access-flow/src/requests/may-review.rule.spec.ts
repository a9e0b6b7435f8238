import { type RequestRecord } from '@tidegate/contracts';
import { type ReviewAsked, whyNotReview } from './may-review.rule.js';

const request: RequestRecord = {
  id: 'request',
  integrationId: 'integration',
  flowId: 'flow',
  userId: 'alice',
  groupId: 'deploy',
  durationSeconds: 60,
  justification: null,
  status: 'pending',
  statusReason: null,
  approval: { kind: 'one_approver', approverIds: ['alice', 'bob', 'erin'] },
  reviews: [],
  grantId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-08T00:00:00.000Z',
  version: 1,
};
const earlier = { reviewerId: 'bob', verdict: 'approve', comment: null, createdAt: request.createdAt } as const;
const asked = (change: Partial<ReviewAsked>): ReviewAsked => ({
  reviewer: { id: 'bob', active: true },
  requester: { active: true },
  isOver: false,
  ...change,
});

it.each<[string, Partial<RequestRecord>, Partial<ReviewAsked>, string | undefined]>([
  ['an active approver may', {}, {}, undefined],
  ['an unknown user may not', {}, { reviewer: undefined }, 'notAllowed'],
  ['an approver who has left may not', {}, { reviewer: { id: 'erin', active: false } }, 'notAllowed'],
  ['the requester may not', {}, { reviewer: { id: 'alice', active: true } }, 'notAllowed'],
  ['a stranger may not', {}, { reviewer: { id: 'dan', active: true } }, 'notAllowed'],
  ['nobody may where nobody need say yes', { approval: { kind: 'automatic' } }, {}, 'notAllowed'],
  ['what is denied may not be approved', { status: 'denied' }, {}, 'conflict'],
  ['what is over may not be approved', {}, { isOver: true }, 'conflict'],
  ['nothing is approved for who has left', {}, { requester: { active: false } }, 'conflict'],
  ['nothing is approved for who is unknown', {}, { requester: undefined }, 'conflict'],
  ['nobody may twice', { reviews: [earlier] }, {}, 'conflict'],
])('%s', (_, of, by, code) => {
  expect(whyNotReview({ ...request, ...of }, asked(by))?.code).toBe(code);
});
