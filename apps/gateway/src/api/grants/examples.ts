import {
  type ExtendedGrant,
  type ExtendGrant,
  type GrantRecord,
  type RevokedGrants,
  type RevokeGrant,
} from '@tidegate/contracts';
import { type RevokeGrantsBody } from './grants.dto.js';
import {
  ALICE,
  ALICE_NAMES,
  APPROVED,
  ENDS,
  FLOW,
  FLOW_NAME,
  GRANT,
  GROUP,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
  REQUEST,
} from '../common/example-values.js';

const grant: GrantRecord = {
  id: GRANT,
  grantId: GRANT,
  integrationId: INTEGRATION,
  integrationName: INTEGRATION_NAME,
  requestId: REQUEST,
  flowId: FLOW,
  flowName: FLOW_NAME,
  userId: ALICE,
  ...ALICE_NAMES,
  groupId: GROUP,
  groupName: GROUP_NAME,
  status: 'active',
  endReason: null,
  startsAt: APPROVED,
  endComment: null,
  endsAt: ENDS,
  extensions: 0,
  alreadyMember: false,
  createdAt: APPROVED,
  activatedAt: '2026-11-23T22:43:10.788Z',
  revokingAt: null,
  endedAt: null,
  extendedBy: null,
  revokedBy: null,
  version: 2,
};

export const GRANT_EXAMPLES = {
  GrantRecord: grant,
  RevokeGrant: { reason: 'The incident is closed.' } satisfies RevokeGrant,
  RevokeGrantsBody: {
    integrationId: INTEGRATION,
    userId: ALICE_NAMES.userName,
    confirm: ALICE_NAMES.userName,
    reason: 'The laptop was stolen.',
  } satisfies RevokeGrantsBody,
  RevokedGrants: { revoked: 1, grants: [GRANT] } satisfies RevokedGrants,
  ExtendGrant: { durationSeconds: 1_800, justification: 'The incident continues.' } satisfies ExtendGrant,
  ExtendedGrant: { ...grant, extensionRequestId: REQUEST } satisfies ExtendedGrant,
};
