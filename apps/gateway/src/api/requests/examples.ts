import { type Comment, type RequestRecord, type Timeline, type TimelineEntry } from '@tidegate/contracts';
import {
  ALICE,
  ALICE_NAMES,
  APPROVED,
  BOB,
  BOB_REF,
  byAlice,
  byBob,
  FLOW,
  FLOW_NAME,
  GRANT,
  GROUP,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
  MANAGER_BOB,
  REQUEST,
  REQUESTED,
} from '../common/example-values.js';
import { type CreateRequestBody, type RequestView, type ReviewBody } from './requests.dto.js';

const newRequest = {
  flowId: FLOW,
  userId: ALICE,
  groupId: GROUP,
  durationSeconds: 3_600,
  justification: 'INC-204',
} satisfies CreateRequestBody;

/** What a request refers to, with names. */
const named = {
  id: REQUEST,
  integrationId: INTEGRATION,
  integrationName: INTEGRATION_NAME,
  kind: 'access',
  ...newRequest,
  flowName: FLOW_NAME,
  flowVersion: 1,
  ...ALICE_NAMES,
  groupName: GROUP_NAME,
  approvedSeconds: null,
  startsAt: null,
  requestedBy: byAlice,
  createdAt: REQUESTED,
  expiresAt: '2026-11-30T22:41:23.622Z',
  version: 2,
} as const;

const step = { name: 'Manager', quorum: 'any', count: null, requireReason: false, escalatesAt: null } as const;

const undecidable = {
  ...named,
  status: 'pending',
  statusReason: null,
  step: 0,
  steps: [
    {
      ...step,
      status: 'open',
      approvers: [
        {
          kind: 'administrators',
          id: null,
          name: null,
          displayName: null,
          sources: ['administrators'],
          tier: 'administrators',
        },
      ],
    },
  ],
  undecidable: true,
  reviews: [],
  grantId: null,
  yourReasons: [],
  contacts: [{ userId: BOB, userName: BOB_REF.userName, displayName: BOB_REF.displayName }],
} satisfies RequestView;

const commented: TimelineEntry = {
  at: REQUESTED,
  kind: 'commented',
  actor: byBob,
  text: `${BOB_REF.userName} commented.`,
  data: { text: 'For how long?' },
};

export const REQUEST_EXAMPLES = {
  Comment: { text: 'For how long?' } satisfies Comment,
  TimelineEntry: commented,
  Timeline: {
    items: [
      { at: REQUESTED, kind: 'created', actor: byAlice, text: `${ALICE_NAMES.userName} made the request.`, data: {} },
      commented,
    ],
  } satisfies Timeline,
  RequestView: undecidable,
  CreateRequestBody: {
    ...newRequest,
    flowId: FLOW_NAME,
    userId: ALICE_NAMES.userName,
    groupId: GROUP_NAME,
  } satisfies CreateRequestBody,
  RequestRecord: {
    ...named,
    status: 'approved',
    statusReason: null,
    step: null,
    steps: [{ ...step, status: 'approved', approvers: [MANAGER_BOB] }],
    undecidable: false,
    reviews: [
      {
        step: 0,
        reviewerId: BOB,
        reviewerName: BOB_REF.userName,
        verdict: 'approve',
        comment: 'until noon',
        durationSeconds: null,
        sources: ['manager'],
        counts: true,
        createdAt: APPROVED,
        reviewedBy: byBob,
      },
    ],
    grantId: GRANT,
  } satisfies RequestRecord,
  ReviewBody: {
    reviewerId: BOB_REF.userName,
    comment: 'until noon',
    durationSeconds: 1_800,
  } satisfies ReviewBody,
};
