import { type Approval, type FlowRecord, type RequestRecord } from '@tidegate/contracts';
import { type Circumstances } from '../flows/obstacle.rule.js';
import { type ReviewAsked, whyNotApprove, whyNotReview } from './may-review.rule.js';

const by = (...approverIds: string[]): Approval => ({ kind: 'one_approver', approverIds });

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
const asked = (change: Partial<ReviewAsked>): ReviewAsked => ({
  verdict: 'approve',
  reviewer: { id: 'bob', active: true },
  requester: { active: true },
  isOver: false,
  approval: request.approval,
  actor: { kind: 'apiKey', keyId: 'configured', name: 'configured key' },
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
  ['a person may', {}, { actor: { ...person, userId: 'bob' } }, undefined],
  ['the requester may not, in the name of an approver', {}, { actor: { ...person, userId: 'alice' } }, 'notAllowed'],
  ['a key of somebody else may', {}, { actor: { ...key, maker: { ...maker, userId: 'dan' } } }, undefined],
  ['a key of somebody who is no user may', {}, { actor: { ...key, maker } }, undefined],
  ['a key of the requester may not', {}, { actor: { ...key, maker: { ...maker, userId: 'alice' } } }, 'notAllowed'],
  ['who requested for another may not', { requestedBy: { ...person, userId: 'bob' } }, {}, 'notAllowed'],
  ['who requested for another may deny', { requestedBy: { ...person, userId: 'bob' } }, { verdict: 'deny' }, undefined],
  [
    'who requested for another through a key may not',
    { requestedBy: { ...key, maker: { ...maker, userId: 'bob' } } },
    {},
    'notAllowed',
  ],
  [
    'who requested for another may not through a key in the name of an approver',
    { requestedBy: { ...person, userId: 'dan' } },
    { actor: { ...key, maker: { issuer: maker.issuer, subject: '00u2', userId: 'dan' } } },
    'notAllowed',
  ],
  [
    'who requested for another and is no user may not through a key',
    { requestedBy: person },
    { actor: { ...key, maker } },
    'notAllowed',
  ],
  [
    'an approver may when others requested',
    { requestedBy: { ...person, userId: 'dan' } },
    { actor: { ...person, subject: '00u2', userId: 'bob' } },
    undefined,
  ],
  [
    'an approver may when people who are no users requested and send it',
    { requestedBy: person },
    { actor: { ...key, maker: { ...maker, subject: '00u2' } } },
    undefined,
  ],
  ['a key of nobody may approve what it requested', { requestedBy: key }, { actor: key }, undefined],
  ['nobody may twice', { reviews: [earlier] }, {}, 'conflict'],
  ['an approver whom the flow no longer names may not', {}, { approval: by('alice', 'erin') }, 'notAllowed'],
  ['nobody may when the flow is deleted', {}, { approval: undefined }, 'notAllowed'],
  ['an approver may when the flow needs no approval any more', {}, { approval: { kind: 'automatic' } }, undefined],
  ['whom the flow names later may not', { approval: by('erin') }, { approval: by('bob') }, 'notAllowed'],
  [
    'a stranger does not learn what was decided',
    { status: 'denied' },
    { reviewer: { id: 'dan', active: true } },
    'notAllowed',
  ],
  [
    'the requester does not review what was decided',
    { status: 'denied' },
    { reviewer: { id: 'alice', active: true } },
    'notAllowed',
  ],
  [
    'who has left does not review what is over',
    {},
    { reviewer: { id: 'erin', active: false }, isOver: true },
    'notAllowed',
  ],
])('%s', (_, of, by, code) => {
  expect(whyNotReview({ ...request, ...of }, asked(by))?.code).toBe(code);
});

const flow: FlowRecord = {
  id: 'flow',
  integrationId: 'integration',
  name: 'Deploys',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 3600,
  approval: by('bob'),
  version: 1,
  createdAt: request.createdAt,
  createdBy: null,
  updatedBy: null,
};
const alice: Circumstances = { user: { active: true }, groupId: 'deploy', groupIsThere: true, isRequester: true };

it.each<[string, FlowRecord | undefined, Partial<Circumstances>, string | undefined]>([
  ['what the flow still allows is approved', flow, {}, undefined],
  ['nothing is approved under a deleted flow', undefined, {}, 'deleted'],
  ['nothing is approved under a disabled flow', { ...flow, enabled: false }, {}, 'disabled'],
  ['a group that is not offered is not approved', { ...flow, groupIds: [] }, {}, 'no longer offers'],
  ['a group that is not synced is not approved', flow, { groupIsThere: false }, 'groups to sync'],
  ['nothing is approved for whom may not request', flow, { isRequester: false }, 'no longer request'],
  ['nothing is approved for who is deactivated', flow, { user: { active: false } }, 'deactivated'],
])('%s', (_, of, found, says) => {
  const refusal = whyNotApprove(of, { ...alice, ...found });
  expect(refusal?.code).toBe(says && 'conflict');
  expect(refusal?.detail ?? '').toContain(says ?? '');
});
