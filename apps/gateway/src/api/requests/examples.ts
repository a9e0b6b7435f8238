import { type RequestRecord } from '@tidegate/contracts';
import {
  ALICE,
  APPROVED,
  BOB,
  byAlice,
  byBob,
  FLOW,
  GRANT,
  GROUP,
  INTEGRATION,
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

const undecidable = {
  id: REQUEST,
  integrationId: INTEGRATION,
  ...newRequest,
  status: 'pending',
  statusReason: null,
  approval: { kind: 'one_approver', approverIds: [] },
  undecidable: true,
  reviews: [],
  requestedBy: byAlice,
  grantId: null,
  createdAt: REQUESTED,
  expiresAt: '2026-11-30T22:41:23.622Z',
  version: 2,
  contacts: [{ userId: BOB, userName: 'bob@acme.example', displayName: 'Bob Acme' }],
} satisfies RequestView;

export const REQUEST_EXAMPLES = {
  RequestView: undecidable,
  CreateRequestBody: {
    ...newRequest,
    flowId: 'Production database',
    userId: 'alice@acme.example',
    groupId: 'Production database',
  } satisfies CreateRequestBody,
  RequestRecord: {
    id: REQUEST,
    integrationId: INTEGRATION,
    ...newRequest,
    status: 'approved',
    statusReason: null,
    approval: { kind: 'one_approver', approverIds: [BOB] },
    undecidable: false,
    reviews: [{ reviewerId: BOB, verdict: 'approve', comment: 'until noon', createdAt: APPROVED, reviewedBy: byBob }],
    requestedBy: byAlice,
    grantId: GRANT,
    createdAt: REQUESTED,
    expiresAt: '2026-11-30T22:41:23.622Z',
    version: 2,
  } satisfies RequestRecord,
  ReviewBody: { reviewerId: 'bob.baker@example.com', comment: 'until noon' } satisfies ReviewBody,
};
