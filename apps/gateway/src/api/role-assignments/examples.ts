import {
  BOB,
  BOB_REF,
  BOB_SUBJECT,
  byDan,
  CREATED,
  INTEGRATION,
  INTEGRATION_REF,
  ISSUER,
} from '../common/example-values.js';
import { type CreateRoleAssignment, type RoleAssignmentView } from './role-assignments.dto.js';

export const ROLE_ASSIGNMENT_EXAMPLES = {
  CreateRoleAssignment: {
    integrationId: INTEGRATION,
    userId: BOB,
    role: 'auditor',
    integrationIds: [INTEGRATION],
  } satisfies CreateRoleAssignment,
  RoleAssignmentView: {
    id: '01a20a93-6c1f-7d28-8e4b-5a3f9b7c2d10',
    issuer: ISSUER,
    subject: BOB_SUBJECT,
    integrationId: INTEGRATION,
    integrationName: INTEGRATION_REF.name,
    userId: BOB,
    userName: BOB_REF.userName,
    userDisplayName: BOB_REF.displayName,
    role: 'auditor',
    integrationIds: [INTEGRATION],
    integrations: [INTEGRATION_REF],
    effective: true,
    createdAt: CREATED,
    endedAt: null,
    createdBy: byDan,
  } satisfies RoleAssignmentView,
};
