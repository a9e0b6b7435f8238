import {
  causeOf,
  type Command,
  GRANT_STATUSES,
  type GrantRecord,
  type GroupInUse,
  type Page,
  Refusal,
  pageOf,
} from '@tidegate/contracts';
import { Database, recordFacts, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { durationOf, found, idOf, oneOf, sliceOf } from '../commands/input.js';
import { scopeOf } from '../commands/scope.js';
import { Writes } from '../commands/writes.js';
import { SCHEMA } from '../schema.js';
import {
  countLive,
  extendGrant,
  findGrant,
  grantRecord,
  type GrantRow,
  groupsInUse,
  listGrants,
  toldGrant,
} from './grants.queries.js';
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
   * Adds time to an active grant. From its start it may last no longer than its flow allows.
   * @throws Refusal `missing`, `invalid` for a wrong duration, `conflict` when it is not active or would last too long
   */
  extend(command: Command<'grants.extend'>): Promise<GrantRecord> {
    const id = idOf(command.data.id, 'grant');
    const seconds = durationOf(command.data.durationSeconds, 'durationSeconds');
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integration_id } = await this.read(tx, command.integrationIds, id);
        const extended = await extendGrant(tx, integration_id, id, seconds);
        if (!extended) throw whyNotExtended(await this.read(tx, command.integrationIds, id));
        await recordFacts(tx, SCHEMA, [toldGrant('grant.extended', extended, causeOf(command))]);
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

function whyNotExtended(grant: GrantRow): Refusal {
  return grant.status === 'active'
    ? new Refusal('conflict', 'The grant is over, or would last longer than its access flow allows.')
    : new Refusal('conflict', `This grant is ${grant.status}; only an active one can be extended.`);
}
