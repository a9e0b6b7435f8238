import { causeOf, type Command, type GrantReply, type GroupInUse, type Page, pageOf } from '@tidegate/contracts';
import { Database, In, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { requireFound } from '../common/require-found.js';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { Writes } from '../common/writes.service.js';
import { GrantEntity } from './grant.entity.js';
import { countLive, groupsInUse, listGrants } from './grant-lists.queries.js';
import { findGrant } from './named-grants.queries.js';
import { revokeGrants } from './revoke-grants.js';

/** Grants. Every query is bound by the integrations of the command. */
@Injectable()
export class GrantsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /** Revokes a grant; one that is revoking or ended is returned unchanged. @throws Refusal `missing` */
  revoke(command: Command<'grants.revoke'>): Promise<GrantReply> {
    const { id, reason: comment } = command.data;
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        const subject = { kind: 'grant', id } as const;
        const end = { subject, reason: 'revoked', cause: causeOf(command), comment } as const;
        await revokeGrants(tx, integrationId, end);
      },
      (tx) => this.record(tx, command.integrationIds, id),
    );
  }

  /** @throws Refusal `missing` */
  async get(command: Command<'grants.get'>): Promise<GrantReply> {
    const { id } = command.data;
    return this.database.transaction(command, (tx) => this.record(tx, command.integrationIds, id));
  }

  /** Counts the grants that are not revoking or ended. */
  count(command: Command<'grants.count'>): Promise<{ liveGrants: number }> {
    return this.database.transaction(command, async (tx) => ({
      liveGrants: await countLive(tx, command.integrationIds),
    }));
  }

  /** @returns groups with grants that are not revoking or ended, or with pending requests; ordered by id */
  async groups(command: Command<'grants.groups'>): Promise<Page<GroupInUse>> {
    const { data, integrationIds } = command;
    const rows = await this.database.transaction(command, (tx) => groupsInUse(tx, integrationIds, data));
    return pageOf(
      rows,
      data.limit,
      ({ groupId }) => groupId,
      (row) => row,
    );
  }

  /** @returns grants, newest first */
  async list(command: Command<'grants.list'>): Promise<Page<GrantReply>> {
    const { data } = command;
    const integrationIds = allowedIntegrations(command.integrationIds, data.integrationId);
    const rows = await this.database.transaction(command, (tx) => listGrants(tx, integrationIds, data));
    return pageOf(
      rows,
      data.limit,
      (grant) => grant.id,
      (grant) => grant,
    );
  }

  private async record(tx: Tx, integrationIds: string[], id: string): Promise<GrantReply> {
    return requireFound(await findGrant(tx, integrationIds, id), 'grant');
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<GrantEntity> {
    const where = { integrationId: In(integrationIds), id };
    return requireFound(await tx.findOne(GrantEntity, { where }), 'grant');
  }
}
