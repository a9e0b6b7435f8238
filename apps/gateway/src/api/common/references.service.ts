import { Injectable } from '@nestjs/common';
import { type ReferenceMatches } from '@tidegate/contracts';
import { accessibleIntegrations } from '../../callers/access.rule.js';
import { type HttpCall } from '../../callers/call.js';
import { intersection, type Reach } from '../../callers/roles.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { ApiCommands } from './api-commands.service.js';
import { ownMembers } from './own.rule.js';
import { namesIn, type Reference, references, type ReferencesByField, resolved } from './references.rule.js';
import { withoutAbsent } from './without-absent.js';

/** Filters of a list: ids or names. */
export interface NamedFilters {
  integrationId?: string;
  userId?: string;
  groupId?: string;
  flowId?: string;
  approverId?: string;
}

/** Finds the users, groups and flows that a call names instead of giving their ids. */
@Injectable()
export class References {
  constructor(private readonly commands: ApiCommands) {}

  /**
   * Without a name among the values no command is sent. Members find only themselves, and the groups and flows that they can
   * see: everything else is unknown to them.
   * @param reach the integrations to search, limited to those of the caller
   * @param fields ids and names; ids are not checked
   * @returns the objects by field, in the order of the values
   * @throws InvalidFields for unknown and ambiguous names; Refusal as `ApiCommands.ask`
   */
  async resolve<F extends string>(
    call: HttpCall,
    reach: Reach,
    fields: ReferencesByField<F>,
  ): Promise<Record<F, Reference[]>> {
    const searched = intersection(reach, accessibleIntegrations(call.access));
    const visible = withoutAbsent({ visibleTo: ownMembers(call.access) });
    const matches: ReferenceMatches = { users: [], groups: [], flows: [] };
    for (const names of namesIn(fields)) {
      const found = await this.commands.ask('references.resolve', call, { ...names, ...visible }, searched);
      matches.users.push(...found.users);
      matches.groups.push(...found.groups);
      matches.flows.push(...found.flows);
    }
    const { objects, faults } = resolved(fields, matches, searched !== 'all' && searched.length === 1);
    if (Object.keys(faults).length > 0) throw new InvalidFields(faults);
    return objects;
  }

  /**
   * Replaces the names in the filters of a list. A name must be unique in the integrations of the caller, or in that of the
   * filter `integrationId`.
   * @returns the filters with ids
   * @throws as `resolve`
   */
  async filters<P extends NamedFilters>(call: HttpCall, filters: P): Promise<P> {
    const { integrationId, userId, groupId, flowId, approverId } = filters;
    const found = await this.resolve(call, integrationId === undefined ? 'all' : [integrationId], {
      userId: references('user', userId),
      groupId: references('group', groupId),
      flowId: references('flow', flowId),
      approverId: references('user', approverId),
    });
    const ids = Object.entries(found).flatMap(([field, [object]]) => (object ? [[field, object.id]] : []));
    return { ...filters, ...(Object.fromEntries(ids) as NamedFilters) };
  }
}
