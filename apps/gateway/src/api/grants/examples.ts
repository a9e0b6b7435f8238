import { type ExtendGrant, type GrantRecord } from '@tidegate/contracts';
import { ALICE, APPROVED, ENDS, GRANT, GROUP, INTEGRATION, REQUEST } from '../common/example-values.js';

const grant: GrantRecord = {
  id: GRANT,
  grantId: GRANT,
  integrationId: INTEGRATION,
  requestId: REQUEST,
  userId: ALICE,
  groupId: GROUP,
  status: 'active',
  endReason: null,
  endsAt: ENDS,
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
  ExtendGrant: { durationSeconds: 1_800 } satisfies ExtendGrant,
};
