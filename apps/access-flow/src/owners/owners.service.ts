import { causeOf, type Command, type GroupOwners, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { findOwners, lockOwnedGroup, replaceOwners } from '../directory/owners.queries.js';
import { lockPresent } from '../directory/users.queries.js';
import { pendingIds } from '../requests/pending.queries.js';
import { addApproverJobs } from '../requests/approvers.jobs.js';

const GROUP = 'group among the groups to sync';

/** Owners of groups. Every query is bound by the integrations of the command. */
@Injectable()
export class OwnersService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /** @throws Refusal `missing` for an unknown group and one that is not synced */
  get(command: Command<'owners.get'>): Promise<GroupOwners> {
    const { integrationIds, data } = command;
    return this.database.transaction(command, (tx) => this.read(tx, integrationIds, data.groupId));
  }

  /**
   * Replaces the owners of a group, who become the approvers of its pending requests that owners decide. Locks in the order
   * integration, user, group, request.
   * @throws Refusal `missing` as `get`; `invalid` for users that are not active users of the group's integration
   */
  set(command: Command<'owners.set'>): Promise<GroupOwners> {
    const { integrationIds, data, context } = command;
    const { groupId, userIds } = data;
    return this.writes.run(
      command,
      groupId,
      async (tx) => {
        const { integrationId } = await this.read(tx, integrationIds, groupId);
        requireFound(await lockIntegration(tx, integrationId), 'integration');
        const users = [...(await lockPresent(tx, integrationId, userIds)).values()].filter(({ active }) => active);
        if (users.length < userIds.length)
          throw new Refusal('invalid', 'userIds must be ids of active users of this integration.');
        if (!(await lockOwnedGroup(tx, integrationId, groupId))) throw new Refusal('missing', `No such ${GROUP}.`);
        await replaceOwners(tx, integrationId, groupId, users, context.actor);
        const pending = await pendingIds(tx, integrationId, { groupId });
        await addApproverJobs(tx, integrationId, pending, causeOf(command));
      },
      (tx) => this.read(tx, integrationIds, groupId),
    );
  }

  private async read(tx: Tx, integrationIds: string[], groupId: string): Promise<GroupOwners> {
    return requireFound(await findOwners(tx, integrationIds, groupId), GROUP);
  }
}
