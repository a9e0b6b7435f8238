import { Injectable } from '@nestjs/common';
import { type Ending, MAX_PAGE, requireConfirmation } from '@tidegate/contracts';
import { type HttpCall } from '../../callers/call.js';
import { Integrations, type SavedIntegration } from '../../integrations/integrations.service.js';
import { ApiCommands } from '../common/api-commands.service.js';
import { causeOfCall } from '../common/known-caller.js';
import { type SyncImpactView } from './integrations.dto.js';

/** Computes the impact of changing the groups to sync, and saves confirmed changes. */
@Injectable()
export class SyncLists {
  constructor(
    private readonly integrations: Integrations,
    private readonly commands: ApiCommands,
  ) {}

  /**
   * Asks identity which groups would join and leave, and access-flow for the grants and requests of those that leave.
   * Changes nothing.
   * @param groupsToSync validated names; empty means all groups
   */
  async impact(integrationId: string, groupsToSync: string[], call: HttpCall): Promise<SyncImpactView> {
    const impact = { groupsJoining: 0, groupsLeaving: 0, liveGrants: 0, openRequests: 0, unmatched: [] as string[] };
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = { limit: MAX_PAGE, ...(cursor === undefined ? {} : { cursor }) };
      const { items, nextCursor } = await this.commands.askOne(integrationId, 'grants.groups', call, page);
      const data = { groupsToSync, groupIds: items.map(({ groupId }) => groupId) };
      const match = await this.commands.askOne(integrationId, 'groups.match', call, data);
      const leaving = new Set(match.leavingIds);
      for (const { groupId, liveGrants, openRequests } of items) {
        if (!leaving.has(groupId)) continue;
        impact.liveGrants += liveGrants;
        impact.openRequests += openRequests;
      }
      Object.assign(impact, {
        groupsJoining: match.joining,
        groupsLeaving: match.leaving,
        unmatched: match.unmatched,
      });
      cursor = nextCursor;
    }
    return impact;
  }

  /**
   * Changes the settings of an integration. Saving an unchanged list applies it again if that has an effect, so that
   * groups renamed since then are synced.
   *
   * The numbers are as exact as they can be: another list saved meanwhile is refused, but the groups are in identity and the
   * grants in access-flow. A group that is pushed, or a grant that begins, after they were counted is not part of them.
   * @param confirm name of the integration; required when grants or requests would end
   * @throws Refusal `missing`, `conflict`, also without `confirm`; InvalidFields
   */
  async update(
    integrationId: string,
    { confirm, ...settings }: { confirm?: unknown },
    call: HttpCall,
  ): Promise<SavedIntegration & { unmatched?: string[] }> {
    const { name, groupsToSync, listVersion } = await this.integrations.checkUpdate(integrationId, settings);
    const impact = groupsToSync && (await this.impact(integrationId, groupsToSync, call));
    if (impact)
      requireConfirmation({ title: 'name of the integration', name, place: 'field', ends: endsOf(impact) }, confirm);
    const reapplyList = impact !== undefined && impact.groupsJoining + impact.groupsLeaving > 0;
    const saved = await this.integrations.update(integrationId, settings, causeOfCall(call, integrationId), {
      reach: call.access.reach,
      reapplyList,
      ...(impact ? { ifListVersion: listVersion } : {}),
    });
    return { ...saved, ...(impact ? { unmatched: impact.unmatched } : {}) };
  }
}

const endsOf = ({ liveGrants, openRequests }: SyncImpactView): Ending[] => [
  { count: liveGrants, verb: 'revoke', noun: 'live grant' },
  { count: openRequests, verb: 'cancel', noun: 'pending request' },
];
