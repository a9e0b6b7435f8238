import { type ApprovalStep, type UnnamedFlow } from '@tidegate/contracts';
import { FLOW } from '../policy/test/flow-data.js';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { type ReviewInputs, whyNotApprove, whyNotReview } from './may-review.rule.js';

type Request = Parameters<typeof whyNotReview>[0];

const request: Request = {
  userId: 'alice',
  status: 'pending',
  requestedBy: null,
  durationSeconds: 3600,
  isOver: false,
  round: 1,
  step: 0,
  reviews: [],
};
const step: ApprovalStep = { quorum: 'any', approvers: [{ kind: 'user', id: 'bob' }] };
const maker = { issuer: 'https://acme.okta.com', subject: '00u1' };
const person = { kind: 'person', ...maker } as const;
const key = { kind: 'apiKey', keyId: 'key', name: 'help desk' } as const;
const ENTRIES = [{ tier: 'step', entry: 0 }] as const;
const review = (change: Partial<ReviewInputs>): ReviewInputs => ({
  verdict: 'approve',
  comment: null,
  durationSeconds: null,
  reviewer: { id: 'bob', active: true },
  isAdministrator: false,
  reviewerKey: ('reviewer' in change ? change.reviewer?.id : 'bob') ?? 'login',
  maker: undefined,
  distinctApprovers: true,
  requester: { active: true },
  step,
  entries: ENTRIES,
  actor: { kind: 'apiKey', keyId: 'configured', name: 'configured key' },
  ...change,
});
const alice = { id: 'alice', active: true };
const asAlice = { reviewer: alice, actor: { ...person, userId: 'alice' } };
const selfStep = { ...step, allowSelf: true };
/** An administrator without a user, when no user can decide. */
const admin: Partial<ReviewInputs> = {
  reviewer: undefined,
  isAdministrator: true,
  entries: [{ tier: 'administrators', entry: 0 }],
  actor: { ...person, subject: '00u9' },
};

it.each<[string, Partial<Request>, Partial<ReviewInputs>, string | undefined]>([
  ['an active approver can review', {}, {}, undefined],
  ['an unknown user cannot review', {}, { reviewer: undefined }, 'notAllowed'],
  ['an inactive approver cannot review', {}, { reviewer: { id: 'bob', active: false } }, 'notAllowed'],
  ['the requester cannot review', {}, asAlice, 'notAllowed'],
  ['the requester can review a step that allows it', {}, { ...asAlice, step: selfStep }, undefined],
  [
    'the requester cannot by an API key, even if the step allows it',
    {},
    { reviewer: alice, step: selfStep },
    'notAllowed',
  ],
  [
    'the requester cannot review a step that allows it without being an approver',
    {},
    { ...asAlice, step: selfStep, entries: [] },
    'notAllowed',
  ],
  ['a user who is not an approver cannot review', {}, { entries: [] }, 'notAllowed'],
  ['a denied request cannot be approved', { status: 'denied' }, {}, 'conflict'],
  ['an expired request cannot be approved', { isOver: true }, {}, 'conflict'],
  ['a request of an inactive user cannot be approved', {}, { requester: { active: false } }, 'conflict'],
  ['a request of an unknown user cannot be approved', {}, { requester: undefined }, 'conflict'],
  ['a person who is the approver can review', {}, { actor: { ...person, userId: 'bob' } }, undefined],
  ['the requester cannot review as an approver', {}, { actor: { ...person, userId: 'alice' } }, 'notAllowed'],
  ['an API key of another user can review', {}, { actor: { ...key, maker: { ...maker, userId: 'dan' } } }, undefined],
  ['an API key of a person without a user can review', {}, { actor: { ...key, maker } }, undefined],
  [
    'an API key of the requester cannot review',
    {},
    { actor: { ...key, maker: { ...maker, userId: 'alice' } } },
    'notAllowed',
  ],
  [
    'the creator of a request for another user cannot approve it',
    { requestedBy: { ...person, userId: 'bob' } },
    {},
    'notAllowed',
  ],
  [
    'the creator of a request for another user can deny it',
    { requestedBy: { ...person, userId: 'bob' } },
    { verdict: 'deny' },
    undefined,
  ],
  [
    'the creator of a request through an API key cannot approve it',
    { requestedBy: { ...key, maker: { ...maker, userId: 'bob' } } },
    {},
    'notAllowed',
  ],
  [
    'the creator of a request cannot approve it through an API key as another approver',
    { requestedBy: { ...person, userId: 'dan' } },
    { actor: { ...key, maker: { issuer: maker.issuer, subject: '00u2', userId: 'dan' } } },
    'notAllowed',
  ],
  [
    'the creator of a request without a user cannot approve it through an API key',
    { requestedBy: person },
    { actor: { ...key, maker } },
    'notAllowed',
  ],
  [
    'an approver can approve a request that another person made',
    { requestedBy: { ...person, userId: 'dan' } },
    { actor: { ...person, subject: '00u2', userId: 'bob' } },
    undefined,
  ],
  [
    'different persons without users can make and approve a request',
    { requestedBy: person },
    { actor: { ...key, maker: { ...maker, subject: '00u2' } } },
    undefined,
  ],
  [
    'an API key without a creator can approve its own request for a user',
    { requestedBy: key },
    { actor: key },
    undefined,
  ],
  [
    'a person who approved as user cannot approve by an API key as another approver',
    { reviews: [{ round: 1, step: 0, reviewerKey: 'carol', reviewedBy: { ...person, userId: 'carol' } }] },
    { actor: { ...key, maker: { ...maker, userId: 'carol' } } },
    'conflict',
  ],
  [
    'a person who approved by an API key cannot approve as user',
    { reviews: [{ round: 1, step: 0, reviewerKey: 'carol', reviewedBy: { ...key, maker } }] },
    { actor: person },
    'conflict',
  ],
  [
    'an API key can approve for two approvers',
    { reviews: [{ round: 1, step: 0, reviewerKey: 'carol', reviewedBy: { ...key, maker } }] },
    { actor: { ...key, maker } },
    undefined,
  ],
  ['an approval of a request of a deactivated maker is refused', {}, { maker: { active: false } }, 'conflict'],
  [
    'a denial of a request of a deactivated maker is allowed',
    {},
    { maker: { active: false }, verdict: 'deny' },
    undefined,
  ],
  [
    'nobody can review while the approval starts again',
    { step: null },
    { step: undefined, entries: ENTRIES },
    'conflict',
  ],
  [
    'an approver cannot review a step twice',
    { reviews: [{ round: 1, step: 0, reviewerKey: 'bob', reviewedBy: null }] },
    {},
    'conflict',
  ],
  [
    'an approver can review again after a restart',
    { reviews: [{ round: 0, step: 0, reviewerKey: 'bob', reviewedBy: null }] },
    {},
    undefined,
  ],
  [
    'an approver of an earlier step cannot review a later one',
    { step: 1, reviews: [{ round: 1, step: 0, reviewerKey: 'bob', reviewedBy: null }] },
    {},
    'conflict',
  ],
  [
    'an approver of an earlier step can review a later one if the flow allows it',
    { step: 1, reviews: [{ round: 1, step: 0, reviewerKey: 'bob', reviewedBy: null }] },
    { distinctApprovers: false },
    undefined,
  ],
  ['a step that the flow no longer has cannot be reviewed', {}, { step: undefined }, 'conflict'],
  [
    'a user who is not an approver does not see the status of the request',
    { status: 'denied' },
    { entries: [] },
    'notAllowed',
  ],
  [
    'a reviewer sees the status of the request',
    { status: 'denied', reviews: [{ round: 1, step: 0, reviewerKey: 'bob', reviewedBy: null }] },
    { entries: [] },
    'conflict',
  ],
  ['the requester cannot review a decided request', { status: 'denied' }, asAlice, 'notAllowed'],
  [
    'an inactive approver cannot review an expired request',
    { isOver: true },
    { reviewer: { id: 'bob', active: false } },
    'notAllowed',
  ],
  ['a required reason must be given', {}, { step: { ...step, requireReason: true } }, 'invalid'],
  ['a required reason can be given', {}, { step: { ...step, requireReason: true }, comment: 'ok' }, undefined],
  ['an approver can shorten the duration', {}, { durationSeconds: 60 }, undefined],
  ['an approver cannot lengthen the duration', {}, { durationSeconds: 3601 }, 'invalid'],
  ['a denial has no duration', {}, { verdict: 'deny', durationSeconds: 60 }, 'invalid'],
  ['an administrator without a user decides when no user can', {}, admin, undefined],
  ['an administrator decides nothing else', {}, { ...admin, entries: [] }, 'notAllowed'],
  ['an administrator sees that a request is decided', { status: 'approved' }, { ...admin, entries: [] }, 'conflict'],
  [
    'an administrator who is the requester decides nothing',
    {},
    { ...admin, actor: { ...person, userId: 'alice' } },
    'notAllowed',
  ],
  ['an administrator cannot approve a request of their own', { requestedBy: admin.actor! }, admin, 'notAllowed'],
])('%s', (_, requestChange, reviewChange, code) => {
  expect(whyNotReview({ ...request, ...requestChange }, review(reviewChange))?.code).toBe(code);
});

const inputs: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };

it.each<[string, UnnamedFlow | undefined, Partial<AccessInputs>, string | undefined]>([
  ['a request that the flow allows can be approved', FLOW, {}, undefined],
  ['a request of a deleted flow cannot be approved', undefined, {}, 'deleted'],
  ['a request of a disabled flow cannot be approved', { ...FLOW, enabled: false }, {}, 'disabled'],
  ['a group that is no longer offered cannot be approved', { ...FLOW, groupIds: [] }, {}, 'no longer offers'],
  ['a group that is not synced cannot be approved', FLOW, { groupIsSynced: false }, 'groups to sync'],
  ['a user who is no longer eligible cannot be approved', FLOW, { isEligible: false }, 'no longer eligible'],
  ['a deactivated user cannot be approved', FLOW, { user: { active: false } }, 'deactivated'],
])('%s', (_, currentFlow, inputChange, detail) => {
  const refusal = whyNotApprove(currentFlow, { ...inputs, ...inputChange });
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});
