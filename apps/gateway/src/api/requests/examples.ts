import { type CreateRequest, type RequestRecord, type Review } from '@tidegate/contracts';
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

const newRequest = {
  flowId: FLOW,
  userId: ALICE,
  groupId: GROUP,
  durationSeconds: 3_600,
  justification: 'INC-204',
} satisfies CreateRequest;

export const REQUEST_EXAMPLES = {
  CreateRequest: newRequest,
  RequestRecord: {
    id: REQUEST,
    integrationId: INTEGRATION,
    integrationName: INTEGRATION_NAME,
    ...newRequest,
    flowName: FLOW_NAME,
    ...ALICE_NAMES,
    groupName: GROUP_NAME,
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
  Review: { reviewerId: BOB, comment: 'until noon' } satisfies Review,
};
