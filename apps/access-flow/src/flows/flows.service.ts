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
import { applyChange, type ChangeCounts, confirmable } from './apply-change.js';
import { refuseUndecidable } from './decidable.js';
import { checkSettings, lockReferences, namedUsers } from './flow-checks.js';
import { rulesOf, withDefaults } from '../policy/flow-settings.rule.js';
import { canSeeGroup } from '../policy/visible.queries.js';
import { FlowEntity } from '../policy/flow.entity.js';
import { findFlow, flowRecord, keepVersion, lockFlow, settingColumns } from '../policy/flows.queries.js';
import { findNamedFlow, listFlows } from '../policy/named-flows.queries.js';

/** Access flows. Every query is bound by the integrations of the command. */
@Injectable()
export class FlowsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /**
   * @throws Refusal `missing` for an unknown integration, `invalid` for unknown references, contradictory settings and for a
   * flow whose requests could not be decided, `conflict` for a name in use
   */
  create(command: Command<'flows.create'>): Promise<FlowReply> {
    const { integrationId: requested, ...given } = command.data;
    const settings = withDefaults(given);
    checkSettings(settings);
    const [integrationId] = allowedIntegrations(command.integrationIds, requested);
    if (!integrationId) throw new Refusal('missing', 'No such integration.');
    return this.writes.run(
      command,
      uuidv7(),
      async (tx, id) => {
        const users = await lockReferences(tx, integrationId, settings);
        const named = { namedUsers: namedUsers(settings, settings, users), createdBy: command.context.actor };
        const values = { integrationId, id, ...settingColumns(settings), ...named };
        const flow = flowRecord(await translateNameConflict(() => tx.insert(FlowEntity, values)));
        await refuseUndecidable(tx, flow);
        await keepVersion(tx, flow, command.context.actor);
      },
      (tx, id) => this.read(tx, command.integrationIds, id),
    );
  }

  /**
   * Changes the given settings. Requests that the flow no longer allows are cancelled, those of a changed approval start it
   * again, and grants of users who are no longer eligible end if the flow says so. With `validateOnly` the transaction is
   * rolled back.
   * @throws Refusal like `create`; `missing` for an unknown flow; `conflict` when it would end or restart something, and
   *   `confirm` is not the name of the flow
   */
  update(command: Command<'flows.update'>): Promise<CommandReply<'flows.update'>> {
    const { id, settings: changes, confirm, validateOnly = false } = command.data;
    const run = validateOnly ? this.writes.validate.bind(this.writes) : this.writes.run.bind(this.writes);
    return run(
      command,
      id,
      async (tx: Tx) => {
        const { integrationId } = requireFound(await findFlow(tx, command.integrationIds, id), 'access flow');
        const users = await lockReferences(tx, integrationId, changes);
        const before = requireFound(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const settings: FlowRules = { ...rulesOf(before), ...changes };
        checkSettings(settings);
        const values = {
          ...settingColumns(settings),
          namedUsers: namedUsers(settings, changes, users, before),
          updatedBy: command.context.actor,
          version: () => 'version + 1',
        };
        const [row] = await translateNameConflict(() => tx.update(FlowEntity, { integrationId, id }, values));
        const after = flowRecord(row!);
        await refuseUndecidable(tx, after);
        await keepVersion(tx, after, command.context.actor);
        const effects = await applyChange(tx, before, after, causeOf(command));
        // After the change, which a refusal rolls back: the numbers are exactly what ends.
        if (!validateOnly) requireConfirmation(confirmable(before.name, effects), confirm);
        const { cancelledRequests, restartedRequests, revokedGrants } = effects;
        return { cancelledRequests, restartedRequests, revokedGrants };
      },
      async (tx: Tx, _: string, outcome: ChangeCounts) => ({
        ...(await this.read(tx, command.integrationIds, id)),
        ...outcome,
      }),
    );
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
async function translateNameConflict<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as { constraint?: unknown }).constraint !== 'flow_name_is_unique') throw error;
    const detail = 'Another access flow of this integration already has this name. Choose another name.';
    throw new Refusal('conflict', detail);
  }
}
