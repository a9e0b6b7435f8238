import {
  BOB,
  BOB_REF,
  CREATED,
  INTEGRATION,
  INTEGRATION_NAME,
  INTEGRATION_REF,
  ISSUER,
  REQUESTED,
  BOB_SUBJECT,
} from '../common/example-values.js';
import { type MeView, type SessionView } from './me.dto.js';

export const ME_EXAMPLES = {
  SessionView: {
    id: '01a20a94-2f5d-7c91-b3a8-7e6d5c4b3a29',
    current: true,
    createdAt: CREATED,
    lastUsedAt: REQUESTED,
    expiresAt: '2026-11-24T10:40:53.100Z',
  } satisfies SessionView,
  MeView: {
    name: BOB_REF.displayName,
    issuer: ISSUER,
    subject: BOB_SUBJECT,
    roles: { member: [INTEGRATION], auditor: [], admin: [] },
    users: { [INTEGRATION]: BOB },
    ownUsers: [
      {
        integrationId: INTEGRATION,
        integrationName: INTEGRATION_NAME,
        userId: BOB,
        userName: BOB_REF.userName,
        userDisplayName: BOB_REF.displayName,
      },
    ],
    integrations: [INTEGRATION_REF],
    authenticatedAt: CREATED,
    stepUpUntil: '2026-11-23T22:50:53.100Z',
  } satisfies MeView,
};
