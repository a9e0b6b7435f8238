import { type RequestRecord } from '@tidegate/contracts';
import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { covers, hasScope, type Reach } from '../../callers/roles.js';

/**
 * Decides which callers see the contacts of a request that no user can decide: its requester, its approvers, members who can
 * see it for another reason, and callers that may list the administrators of its integration.
 *
 * @param request one that the caller can see; a member sees only requests that concern the member
 * @returns the integrations whose role assignments the caller may list; undefined if the contacts are not shown
 */
export function contactsReach(
  caller: ApiKeyCaller | Person,
  request: Pick<RequestRecord, 'integrationId' | 'userId' | 'undecidable' | 'steps'>,
): Reach | undefined {
  const { integrationId, userId, undecidable, steps } = request;
  if (!undecidable) return undefined;
  if (caller.kind === 'key') {
    const reach = hasScope(caller.scopes, 'roles:read') ? caller.integrations : [];
    return covers(reach, integrationId) ? reach : undefined;
  }
  const reach = caller.roles.admin;
  if (covers(reach, integrationId)) return reach;
  const me = caller.users[integrationId];
  if (me === undefined) return undefined;
  const concerned = [userId, ...steps.flatMap(({ approvers }) => approvers.map(({ id }) => id))];
  return !covers(caller.roles.auditor, integrationId) || concerned.includes(me) ? reach : undefined;
}
