import {
  causeOf,
  type Command,
  GRANT_STATUSES,
  type GrantRecord,
  type GroupInUse,
  type Page,
  pageOf,
} from '@tidegate/contracts';
import { Database, recordEvents, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { durationOf, found, idOf, oneOf, sliceOf } from '../commands/input.js';
import { scopeOf } from '../commands/scope.js';
import { Writes } from '../commands/writes.js';
import { lockCircumstances } from '../flows/circumstances.js';
import { SCHEMA } from '../schema.js';
import {
  extendGrant,
  findGrant,
  flowOfGrant,
  grantRecord,
  type GrantRow,
  lockGrant,
  grantEvent,
} from './grants.queries.js';
import { countLive, groupsInUse, listGrants } from './grant-lists.queries.js';
import { whyNotExtend } from './may-extend.rule.js';
import { revokeGrants } from './revoke.queries.js';

/** Grants: who has borrowed which group until when. All answers are bound by the command's integrations. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /** Ends a grant now. One that is ending or has ended is answered as it is. @throws Refusal `missing` */
  revoke(command: Command<'grants.revoke'>): Promise<GrantRecord> {
    const id = idOf(command.data.id, 'grant');
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integration_id } = await this.read(tx, command.integrationIds, id);
        const ending = { of: { kind: 'grant', id }, reason: 'revoked', cause: causeOf(command) } as const;
        await revokeGrants(tx, integration_id, ending);
      },
      async (tx) => grantRecord(await this.read(tx, command.integrationIds, id)),
    );
  }

  /**
   * Adds time to an active grant, if its flow still allows what was granted. From its start it may last no longer than the
   * flow allows now, nor than it allowed when the grant was made. Locks in the order user, group, flow, grant.
   * @throws Refusal `missing`, `invalid` for a wrong duration, `conflict` with what stands against it,
   *   `notAllowed` for the holder of the grant, unless its flow is automatic
   */
  extend(command: Command<'grants.extend'>): Promise<GrantRecord> {
    const id = idOf(command.data.id, 'grant');
    const seconds = durationOf(command.data.durationSeconds, 'durationSeconds');
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integration_id, user_id, group_id } = await this.read(tx, command.integrationIds, id);
        const flowId = found(await flowOfGrant(tx, integration_id, id), 'access flow');
        const access = { flowId, userId: user_id, groupId: group_id };
        const { flow, circumstances } = await lockCircumstances(tx, integration_id, access);
        const grant = found(await lockGrant(tx, integration_id, id), 'grant');
        const refusal = whyNotExtend(
          { ...grant, userId: user_id },
          flow,
          circumstances,
          seconds,
          command.context.actor,
        );
        if (refusal) throw refusal;
        const extended = await extendGrant(tx, integration_id, id, seconds, command.context.actor);
        await recordEvents(tx, SCHEMA, [grantEvent('grant.extended', extended, causeOf(command))]);
      },
      async (tx) => grantRecord(await this.read(tx, command.integrationIds, id)),
    );
  }

  /** @throws Refusal `missing` */
  async get(command: Command<'grants.get'>): Promise<GrantRecord> {
    const id = idOf(command.data.id, 'grant');
    return this.database.transaction(command, async (tx) =>
      grantRecord(await this.read(tx, command.integrationIds, id)),
    );
  }

  /** Counts the grants that have not begun to end. */
  count(command: Command<'grants.count'>): Promise<{ liveGrants: number }> {
    return this.database.transaction(command, async (tx) => ({
      liveGrants: await countLive(tx, command.integrationIds),
    }));
  }

  /** @returns the groups of which something is borrowed or asked for, by id */
  async groups(command: Command<'grants.groups'>): Promise<Page<GroupInUse>> {
    const slice = sliceOf(command.data);
    const rows = await this.database.transaction(command, (tx) => groupsInUse(tx, command.integrationIds, slice));
    return pageOf(
      rows,
      slice.limit,
      ({ groupId }) => groupId,
      (row) => row,
    );
  }

  /** @returns grants, newest first */
  async list(command: Command<'grants.list'>): Promise<Page<GrantRecord>> {
    const { integrationId, status, userId } = command.data;
    const slice = sliceOf(command.data);
    const scope = scopeOf(command.integrationIds, integrationId);
    const filter = {
      status: status === undefined ? null : oneOf(status, 'status', GRANT_STATUSES),
      userId: userId === undefined ? null : idOf(userId, 'user'),
    };
    const rows = await this.database.transaction(command, (tx) => listGrants(tx, scope, filter, slice));
    return pageOf(rows, slice.limit, (row) => row.id, grantRecord);
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<GrantRow> {
    return found(await findGrant(tx, integrationIds, id), 'grant');
  }
}
