import { Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { InvalidFields } from '../http/invalid-fields.js';
import { AdminsLeft } from './admins-left.js';
import { boundIntegrations } from './people.queries.js';
import { limitReached, type Places } from './places.rule.js';
import {
  countAssignments,
  deleteAssignment,
  insertAssignment,
  listAssignments,
  type RoleAssignment,
} from './role-assignments.queries.js';
import { type Reach, within } from './roles.js';

const PLACES: Places = { total: 10_000, everywhere: 2_000, ofIntegration: 500, ofMaker: Infinity, reserved: 50 };

export type NewAssignment = Omit<RoleAssignment, 'id' | 'createdAt'>;

/** Who has which role. Roles are given here and nowhere else: never by what SCIM pushes or a token claims. */
@Injectable()
export class RoleAssignments {
  constructor(
    private readonly database: Database,
    private readonly adminsLeft: AdminsLeft,
  ) {}

  /**
   * @param reach where the caller may give roles
   * @throws Refusal `notAllowed` beyond that, `conflict` when there are too many; InvalidFields for an unknown issuer
   */
  async create(assignment: NewAssignment, reach: Reach): Promise<RoleAssignment> {
    if (!within(assignment.integrationIds ?? 'all', reach))
      throw new Refusal('notAllowed', 'Roles are given only where one may give them.');
    const { issuer } = assignment;
    return this.database.unscoped(async (tx) => {
      if (issuer !== null && !(await boundIntegrations(tx, issuer)))
        throw new InvalidFields({ issuer: 'must be the issuer of a login provider' });
      const limit = limitReached(PLACES, await countAssignments(tx, assignment.integrationIds), reach === 'all');
      if (limit) throw new Refusal('conflict', `There may be ${limit} role assignments: delete one first.`);
      return insertAssignment(tx, { ...assignment, id: uuidv7() });
    });
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
    let removed: RoleAssignment | undefined;
    await this.adminsLeft.keep(async (tx) => {
      removed = await deleteAssignment(tx, id);
      if (!removed || !within(removed.integrationIds ?? 'all', reach))
        throw new Refusal('missing', 'No such role assignment.');
    });
    return removed!;
  }
}
