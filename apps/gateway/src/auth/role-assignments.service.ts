import { Injectable } from '@nestjs/common';
import { type Cause, Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { InvalidFields } from '../http/invalid-fields.js';
import { AdminsLeft } from './admins-left.js';
import { Links } from '../login/links.service.js';
import { type Identity } from './caller.js';
import { limitReached, limitText, type Places } from './places.rule.js';
import {
  countAssignments,
  deleteAssignment,
  findAssignment,
  giveAgain,
  insertAssignment,
  listAssignments,
  type RoleAssignment,
  type RoleHolder,
} from './role-assignments.queries.js';
import { RoleHolders } from './role-holders.service.js';
import { covers, type Reach, within } from './roles.js';

const PLACES: Places = { total: 10_000, everywhere: 2_000, ofIntegration: 500, ofMaker: 200, reserved: 50 };

/** To whom a role is to be given: an identity with the integration that speaks for it, or a user of the directory. */
export type Recipient =
  | (Identity & { integrationId?: string | null | undefined; userId?: undefined })
  | { integrationId: string; userId: string };

/** Who has which role. Roles are given here and nowhere else: never by what SCIM pushes or a token claims. */
@Injectable()
export class RoleAssignments {
  constructor(
    private readonly database: Database,
    private readonly adminsLeft: AdminsLeft,
    private readonly holders: RoleHolders,
    private readonly links: Links,
  ) {}

  /**
   * Pins the identity and gives it the role. A role that it has is given once: a caller that got no answer repeats.
   * @param given.integrationIds where the role counts; null: everywhere
   * @param reach where the caller may give roles
   * @throws Refusal `notAllowed` beyond that, `conflict` when there are too many; InvalidFields and others as `RoleHolders`
   */
  async create(
    to: Recipient,
    { role, integrationIds }: Pick<RoleAssignment, 'role' | 'integrationIds'>,
    reach: Reach,
    { requestId, actor }: Cause,
  ): Promise<RoleAssignment> {
    if (!within(integrationIds ?? 'all', reach))
      throw new Refusal('notAllowed', 'Roles are given only where one may give them.');
    const holder = await this.holder(to, integrationIds, reach, requestId);
    const row = { ...holder, id: uuidv7(), role, integrationIds, createdBy: actor };
    const id = await this.database.unscoped(async (tx) => {
      // Locks out others first, so that the same role is not given twice at once.
      const limit = limitReached(PLACES, await countAssignments(tx, integrationIds, actor), reach === 'all');
      const given = await giveAgain(tx, row);
      if (given !== undefined) return given;
      if (limit) throw new Refusal('conflict', limitText(limit, 'role assignments'));
      await insertAssignment(tx, row);
      return row.id;
    });
    // Asks again: a departure before the role was stored did not find it.
    if (holder.integrationId !== null) await this.links.settleIn(holder.integrationId, holder, requestId);
    return known(await this.database.unscoped((tx) => findAssignment(tx, id)));
  }

  /** Those for nothing beyond the reach. */
  async list(reach: Reach): Promise<RoleAssignment[]> {
    const all = await this.database.unscoped(listAssignments);
    return all.filter(({ integrationIds }) => within(integrationIds ?? 'all', reach));
  }

  /**
   * Takes a role away; it counts no more within a second.
   * @throws Refusal `missing`; `conflict` when nobody could administer afterwards
   */
  async remove(id: string, reach: Reach): Promise<RoleAssignment> {
    return this.adminsLeft.keep(async (tx) => {
      const removed = known(await deleteAssignment(tx, id));
      if (!within(removed.integrationIds ?? 'all', reach)) throw noSuchAssignment();
      return removed;
    });
  }

  private holder(
    to: Recipient,
    integrationIds: readonly string[] | null,
    reach: Reach,
    requestId: string,
  ): Promise<RoleHolder> {
    if (to.userId === undefined)
      return this.holders.ofIdentity({ issuer: to.issuer, subject: to.subject }, to.integrationId, reach, requestId);
    const { integrationId, userId } = to;
    if (!covers(reach, integrationId)) throw new InvalidFields({ integrationId: 'must be the id of an integration' });
    // Whoever writes the directory of one integration must gain nothing in another.
    if (integrationIds?.length !== 1 || integrationIds[0] !== integrationId)
      throw new InvalidFields({ integrationIds: 'must be the integration of the user alone' });
    return this.holders.ofUser(integrationId, userId, requestId);
  }
}

const noSuchAssignment = () => new Refusal('missing', 'No such role assignment.');

function known(assignment: RoleAssignment | undefined): RoleAssignment {
  if (!assignment) throw noSuchAssignment();
  return assignment;
}
