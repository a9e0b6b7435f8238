import { type RequestRecord } from '@tidegate/contracts';
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
  ...newRequest,
  flowName: FLOW_NAME,
  ...ALICE_NAMES,
  groupName: GROUP_NAME,
};

const undecidable = {
  ...named,
  status: 'pending',
  statusReason: null,
  approval: { kind: 'one_approver', approverIds: [] },
  approvers: [],
  undecidable: true,
  reviews: [],
  requestedBy: byAlice,
  grantId: null,
  createdAt: REQUESTED,
  expiresAt: '2026-11-30T22:41:23.622Z',
  version: 2,
  contacts: [{ userId: BOB, userName: BOB_REF.userName, displayName: BOB_REF.displayName }],
} satisfies RequestView;

export const REQUEST_EXAMPLES = {
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
    approval: { kind: 'one_approver', approverIds: [BOB] },
    approvers: [BOB_REF],
    undecidable: false,
    reviews: [
      {
        reviewerId: BOB,
        reviewerName: BOB_REF.userName,
        verdict: 'approve',
        comment: 'until noon',
        createdAt: APPROVED,
        reviewedBy: byBob,
      },
    ],
    requestedBy: byAlice,
    grantId: GRANT,
    createdAt: REQUESTED,
    expiresAt: '2026-11-30T22:41:23.622Z',
    version: 2,
  } satisfies RequestRecord,
  ReviewBody: { reviewerId: BOB_REF.userName, comment: 'until noon' } satisfies ReviewBody,
};
