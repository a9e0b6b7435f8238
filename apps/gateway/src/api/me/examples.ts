import { CREATED, DAN, ISSUER, REQUESTED } from '../common/example-values.js';
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
    issuer: ISSUER,
    subject: DAN,
    roles: { member: null, auditor: null, admin: null },
    users: {},
    authenticatedAt: CREATED,
    stepUpUntil: '2026-11-23T22:50:53.100Z',
  } satisfies MeView,
};
