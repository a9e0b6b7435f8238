import { type GrantRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the grant with the details that the caller may see */
export function grantView(access: Access, grant: GrantRecord): GrantRecord {
  return {
    id: grant.id,
    grantId: grant.id,
    integrationId: grant.integrationId,
    requestId: grant.requestId,
    userId: grant.userId,
    groupId: grant.groupId,
    status: grant.status,
    endReason: grant.endReason,
    endsAt: grant.endsAt,
    createdAt: grant.createdAt,
    activatedAt: grant.activatedAt,
    revokingAt: grant.revokingAt,
    endedAt: grant.endedAt,
    extendedBy: shownActor(access, grant.integrationId, grant.extendedBy),
    revokedBy: shownActor(access, grant.integrationId, grant.revokedBy),
    version: grant.version,
  };
}
