import {
  causeOf,
  type Command,
  type CommandReply,
  type FlowReply,
  type FlowRules,
  type Member,
  type Page,
  Refusal,
  pageOf,
  requireConfirmation,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { requireFound } from '../common/require-found.js';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { Writes } from '../common/writes.service.js';
import { integrationOf } from '../directory/memberships.queries.js';
import { revokeGrants } from '../grants/revoke-grants.js';
import { cancelRequests } from '../requests/cancel-requests.js';
import { lockPending } from '../requests/cancel.queries.js';
import { updatePending } from '../requests/update-pending.js';
import { UndecidableLogger } from '../requests/undecidable-log.service.js';
import { lockReferences, refuseUndecidable } from './flow-checks.js';
import { canSeeGroup } from '../policy/visible.queries.js';
import { FlowEntity } from '../policy/flow.entity.js';
import { findFlow, lockFlow, settingColumns } from '../policy/flows.queries.js';
import { findNamedFlow, listFlows } from '../policy/named-flows.queries.js';

/** Access flows. Every query is bound by the integrations of the command. */
@Injectable()
export class FlowsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly undecidableLogger: UndecidableLogger,
  ) {}

  /**
   * @throws Refusal `missing` for an unknown integration, `invalid` for unknown references and for a flow whose requests could
   * not be reviewed, `conflict` for a name in use
   */
  create(command: Command<'flows.create'>): Promise<FlowReply> {
    const settings = { ...command.data, enabled: command.data.enabled ?? true };
    const [integrationId] = allowedIntegrations(command.integrationIds, settings.integrationId);
    if (!integrationId) throw new Refusal('missing', 'No such integration.');
    return this.writes.run(
      command,
      uuidv7(),
      async (tx, id) => {
        await lockReferences(tx, integrationId, settings);
        await refuseUndecidable(tx, integrationId, settings);
        const values = { integrationId, id, ...settingColumns(settings), createdBy: command.context.actor };
        await translateNameConflict(() => tx.insert(FlowEntity, values));
      },
      (tx, id) => this.read(tx, command.integrationIds, id),
    );
  }

  /**
   * Changes the given settings, cancels pending requests that the flow no longer allows, and updates the approvers of the
   * others. Grants stay as they are.
   * @throws Refusal like `create`, and `missing` for an unknown flow
   */
  async update(command: Command<'flows.update'>): Promise<CommandReply<'flows.update'>> {
    const { id, settings: changes } = command.data;
    let undecidable: string[] = [];
    const updated = await this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = requireFound(await findFlow(tx, command.integrationIds, id), 'access flow');
        await lockReferences(tx, integrationId, changes);
        const flow = requireFound(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const settings: FlowRules = { ...flow, ...changes };
        await refuseUndecidable(tx, integrationId, settings);
        const updatedBy = command.context.actor;
        const values = { ...settingColumns(settings), updatedBy, version: () => 'version + 1' };
        await translateNameConflict(() => tx.update(FlowEntity, { integrationId, id }, values));
        const result = await updatePending(tx, integrationId, { flowIds: [id] }, causeOf(command));
        ({ undecidable } = result);
        return { cancelledRequests: result.cancelled };
      },
      async (tx, _, outcome) => ({ ...(await this.read(tx, command.integrationIds, id)), ...outcome }),
    );
    this.undecidableLogger.log(updated.integrationId, undecidable);
    return updated;
  }

  /**
   * Deletes a flow, cancels its requests and revokes its grants.
   * @throws Refusal `missing`; `conflict` when it would end grants or requests, and `confirm` is not the name of the flow
   */
  delete(command: Command<'flows.delete'>): Promise<Record<string, never>> {
    const { id, confirm } = command.data;
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = requireFound(await findFlow(tx, command.integrationIds, id), 'access flow');
        const { name } = requireFound(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const end = { subject: { kind: 'flow', id }, reason: 'flow_deleted', cause: causeOf(command) } as const;
        await lockPending(tx, integrationId, end.subject);
        const requests = await cancelRequests(tx, integrationId, end);
        const grants = await revokeGrants(tx, integrationId, end);
        const ends = [
          { count: grants, verb: 'revoke', noun: 'live grant' },
          { count: requests, verb: 'cancel', noun: 'pending request' },
        ];
        // After the change, which a refusal rolls back: the numbers are exactly what ends.
        requireConfirmation({ title: 'name of the access flow', name, place: 'query parameter', ends }, confirm);
        await tx.delete(FlowEntity, { integrationId, id });
      },
      async () => ({}),
    );
  }

  /** @throws Refusal `missing` */
  async get(command: Command<'flows.get'>): Promise<FlowReply> {
    const { id, visibleTo } = command.data;
    return this.database.transaction(command, (tx) => this.read(tx, command.integrationIds, id, visibleTo));
  }

  /** @returns flows, newest first */
  async list(command: Command<'flows.list'>): Promise<Page<FlowReply>> {
    const { data } = command;
    const integrationIds = allowedIntegrations(command.integrationIds, data.integrationId);
    const rows = await this.database.transaction(command, (tx) => listFlows(tx, integrationIds, data));
    return pageOf(
      rows,
      data.limit,
      (flow) => flow.id,
      (flow) => flow,
    );
  }

  /** @returns visible: false for an unknown group; @throws Refusal `missing` for an unknown user */
  groupVisible(command: Command<'flows.groupVisible'>): Promise<{ visible: boolean }> {
    const { userId, groupId } = command.data;
    return this.database.transaction(command, async (tx) => {
      const integrationId = requireFound(await integrationOf(tx, 'users', command.integrationIds, userId), 'user');
      return { visible: await canSeeGroup(tx, integrationId, userId, groupId) };
    });
  }

  private async read(tx: Tx, integrationIds: string[], id: string, visibleTo?: Member[]): Promise<FlowReply> {
    return requireFound(await findNamedFlow(tx, integrationIds, id, visibleTo), 'access flow');
  }
}

/** @throws Refusal `conflict` if another flow of the integration has the name; other errors of the database */
async function translateNameConflict(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { constraint?: unknown }).constraint !== 'flow_name_is_unique') throw error;
    const detail = 'Another access flow of this integration already has this name. Choose another name.';
    throw new Refusal('conflict', detail);
  }
}
