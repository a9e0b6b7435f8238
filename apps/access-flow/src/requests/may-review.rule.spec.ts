import { type Approval, type UnnamedFlow, type UnnamedRequest } from '@tidegate/contracts';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { type ReviewInputs, whyNotApprove, whyNotReview } from './may-review.rule.js';

const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });

const request: UnnamedRequest = {
  id: 'request',
  integrationId: 'integration',
  flowId: 'flow',
  userId: 'alice',
  groupId: 'deploy',
  durationSeconds: 60,
  justification: null,
  status: 'pending',
  statusReason: null,
  approval: by('alice', 'bob', 'erin'),
  undecidable: false,
  reviews: [],
  requestedBy: null,
  grantId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-08T00:00:00.000Z',
  version: 1,
};
const maker = { issuer: 'https://acme.okta.com', subject: '00u1' };
const person = { kind: 'person', ...maker } as const;
const key = { kind: 'apiKey', keyId: 'key', name: 'help desk' } as const;
const earlier = {
  reviewerId: 'bob',
  verdict: 'approve',
  comment: null,
  createdAt: request.createdAt,
  reviewedBy: null,
} as const;
const review = (change: Partial<ReviewInputs>): ReviewInputs => ({
  verdict: 'approve',
  reviewer: { id: 'bob', active: true },
  requester: { active: true },
  isOver: false,
  approval: request.approval,
  actor: { kind: 'apiKey', keyId: 'configured', name: 'configured key' },
  ...change,
});

it.each<[string, Partial<UnnamedRequest>, Partial<ReviewInputs>, string | undefined]>([
  ['an active approver can review', {}, {}, undefined],
  ['an unknown user cannot review', {}, { reviewer: undefined }, 'notAllowed'],
  ['an inactive approver cannot review', {}, { reviewer: { id: 'erin', active: false } }, 'notAllowed'],
  ['the requester cannot review', {}, { reviewer: { id: 'alice', active: true } }, 'notAllowed'],
  ['a user who is not an approver cannot review', {}, { reviewer: { id: 'dan', active: true } }, 'notAllowed'],
  ['an automatic request cannot be reviewed', { steps: [] }, {}, 'notAllowed'],
  ['a denied request cannot be approved', { status: 'denied' }, {}, 'conflict'],
  ['an expired request cannot be approved', {}, { isOver: true }, 'conflict'],
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
  ['an approver cannot review twice', { reviews: [earlier] }, {}, 'conflict'],
  ['a former approver of the flow cannot review', {}, { approval: by('alice', 'erin') }, 'notAllowed'],
  ['a request of a deleted flow cannot be reviewed', {}, { approval: undefined }, 'notAllowed'],
  ['an approver can review after the flow became automatic', {}, { steps: [] }, undefined],
  [
    'a new approver of the flow cannot review an earlier request',
    { approval: by('erin') },
    { approval: by('bob') },
    'notAllowed',
  ],
  [
    'a user who is not an approver does not see the status of the request',
    { status: 'denied' },
    { reviewer: { id: 'dan', active: true } },
    'notAllowed',
  ],
  [
    'the requester cannot review a decided request',
    { status: 'denied' },
    { reviewer: { id: 'alice', active: true } },
    'notAllowed',
  ],
  [
    'an inactive approver cannot review an expired request',
    {},
    { reviewer: { id: 'erin', active: false }, isOver: true },
    'notAllowed',
  ],
])('%s', (_, requestChange, reviewChange, code) => {
  expect(whyNotReview({ ...request, ...requestChange }, review(reviewChange))?.code).toBe(code);
});

const flow: UnnamedFlow = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  eligibility: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 3600,
  approval: by('bob'),
  version: 1,
  createdAt: request.createdAt,
  createdBy: null,
  updatedBy: null,
};
const alice: AccessInputs = { user: { active: true }, groupId: 'deploy', groupIsSynced: true, isEligible: true };

it.each<[string, UnnamedFlow | undefined, Partial<AccessInputs>, string | undefined]>([
  ['a request that the flow allows can be approved', flow, {}, undefined],
  ['a request of a deleted flow cannot be approved', undefined, {}, 'deleted'],
  ['a request of a disabled flow cannot be approved', { ...flow, enabled: false }, {}, 'disabled'],
  ['a group that is no longer offered cannot be approved', { ...flow, groupIds: [] }, {}, 'no longer offers'],
  ['a group that is not synced cannot be approved', flow, { groupIsSynced: false }, 'groups to sync'],
  ['a user who is no longer eligible cannot be approved', flow, { isEligible: false }, 'no longer eligible'],
  ['a deactivated user cannot be approved', flow, { user: { active: false } }, 'deactivated'],
])('%s', (_, currentFlow, inputChange, detail) => {
  const refusal = whyNotApprove(currentFlow, { ...alice, ...inputChange });
  expect(refusal?.code).toBe(detail && 'conflict');
  expect(refusal?.detail ?? '').toContain(detail ?? '');
});
