import { type GrantRecord } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { shownActor } from '../common/shown-actor.rule.js';

/** @returns the grant with the details that the caller may see */
export function grantView<Grant extends GrantRecord>(access: Access, grant: Grant): Grant {
  const shown = (actor: GrantRecord['revokedBy']) => shownActor(access, grant.integrationId, actor);
  return { ...grant, extendedBy: shown(grant.extendedBy), revokedBy: shown(grant.revokedBy) };
}
