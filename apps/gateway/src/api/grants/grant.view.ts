import { type GrantRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the grant with the details that the caller may see */
export function grantView(access: Access, grant: GrantRecord): GrantRecord {
  const shown = (actor: GrantRecord['revokedBy']) => shownActor(access, grant.integrationId, actor);
  return { ...grant, extendedBy: shown(grant.extendedBy), revokedBy: shown(grant.revokedBy) };
}
