import { Injectable } from '@nestjs/common';
import { type Cause, Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { LastAdministrator } from './last-administrator.service.js';
import { Links } from './links.service.js';
import { type Identity } from '../callers/caller.js';
import { limitReached, limitMessage, type Quota } from '../limits/quota.rule.js';
import {
  countAssignments,
  deleteAssignment,
  findAssignment,
  touchAssignment,
  insertAssignment,
  listAssignments,
  type RoleAssignment,
  type RoleAssignee,
} from './role-assignments.queries.js';
import { RoleAssignees } from './role-assignees.service.js';
import { covers, type Reach, isSubset } from '../callers/roles.js';

const QUOTA: Quota = { total: 10_000, allIntegrations: 2_000, perIntegration: 500, perCreator: 200, reserved: 50 };

/** The recipient of a role: an identity with the integration that can end the role, or a user of the directory. */
export type Recipient =
  | (Identity & { integrationId?: string | null | undefined; userId?: undefined })
  | { integrationId: string; userId: string };

/** Manages roles. Roles are assigned only here, never from SCIM data or token claims. */
@Injectable()
export class RoleAssignments {
  constructor(
    private readonly database: Database,
    private readonly lastAdministrator: LastAdministrator,
    private readonly assignees: RoleAssignees,
    private readonly links: Links,
  ) {}

  /**
   * Resolves the recipient to an identity and assigns the role. Idempotent, so that callers can retry.
   * @param given.integrationIds integrations of the role; null: all
   * @param reach integrations in which the caller can assign roles
   * @throws Refusal `notAllowed` outside `reach`, `conflict` for too many roles; InvalidFields and others as `RoleAssignees`
   */
  async create(
    recipient: Recipient,
    { role, integrationIds }: Pick<RoleAssignment, 'role' | 'integrationIds'>,
    reach: Reach,
    { requestId, actor }: Cause,
  ): Promise<RoleAssignment> {
    if (!isSubset(integrationIds ?? 'all', reach))
      throw new Refusal('notAllowed', "You can't assign roles in integrations that you don't administer.");
    const assignee = await this.assignee(recipient, integrationIds, reach, requestId);
    const row = { ...assignee, id: uuidv7(), role, integrationIds, createdBy: actor };
    const id = await this.database.unscoped(async (tx) => {
      // Counting locks, so it must be first: concurrent calls must not insert the same role twice.
      const limit = limitReached(QUOTA, await countAssignments(tx, integrationIds, actor), reach === 'all');
      const given = await touchAssignment(tx, row);
      if (given !== undefined) return given;
      if (limit) throw new Refusal('conflict', limitMessage(limit, 'role assignments'));
      await insertAssignment(tx, row);
      return row.id;
    });
    // Checks the user again: a deactivation before the insert did not end this role.
    if (assignee.integrationId !== null) await this.links.syncIn(assignee.integrationId, assignee, requestId);
    return existing(await this.database.unscoped((tx) => findAssignment(tx, id)));
  }

  /** @returns the roles whose integrations are all in `reach` */
  async list(reach: Reach): Promise<RoleAssignment[]> {
    const all = await this.database.unscoped(listAssignments);
    return all.filter(({ integrationIds }) => isSubset(integrationIds ?? 'all', reach));
  }

  /**
   * Deletes a role, with effect within a second.
   * @throws Refusal `missing`; `conflict` for the last administrator
   */
  async remove(id: string, reach: Reach): Promise<RoleAssignment> {
    return this.lastAdministrator.run(async (tx) => {
      const removed = existing(await deleteAssignment(tx, id));
      if (!isSubset(removed.integrationIds ?? 'all', reach)) throw noSuchAssignment();
      return removed;
    });
  }

  private assignee(
    recipient: Recipient,
    integrationIds: readonly string[] | null,
    reach: Reach,
    requestId: string,
  ): Promise<RoleAssignee> {
    if (recipient.userId === undefined)
      return this.assignees.fromIdentity(
        { issuer: recipient.issuer, subject: recipient.subject },
        recipient.integrationId,
        reach,
        requestId,
      );
    const { integrationId, userId } = recipient;
    if (!covers(reach, integrationId)) throw new InvalidFields({ integrationId: 'must be the id of an integration' });
    // Otherwise a SCIM client of one integration could gain rights in another.
    if (integrationIds?.length !== 1 || integrationIds[0] !== integrationId)
      throw new InvalidFields({ integrationIds: "must contain only the user's integration" });
    return this.assignees.fromUser(integrationId, userId, requestId);
  }
}

const noSuchAssignment = () => new Refusal('missing', 'No such role assignment.');

function existing(assignment: RoleAssignment | undefined): RoleAssignment {
  if (!assignment) throw noSuchAssignment();
  return assignment;
}
