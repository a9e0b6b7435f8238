import {
  causeOf,
  type Command,
  type CommandReply,
  type FlowRecord,
  type Member,
  type Page,
  Refusal,
  pageOf,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { found, idOf, membersOf, sliceOf } from '../commands/input.js';
import { scopeOf } from '../commands/scope.js';
import { Writes } from '../commands/writes.js';
import { integrationOf } from '../directory/memberships.queries.js';
import { revokeGrants } from '../grants/revoke.queries.js';
import { cancelRequests, lockPending } from '../requests/cancel.queries.js';
import { settlePending } from '../requests/settle-pending.js';
import { UndecidableAlarm } from '../requests/undecidable.alarm.js';
import { lockNamed, refuseUndecidable } from './flow-checks.js';
import { flowChangesOf, flowSettingsOf } from './flow-settings.rule.js';
import { seesGroup } from './visible.queries.js';
import { deleteFlow, findFlow, insertFlow, listFlows, lockFlow, updateFlow } from './flows.queries.js';

const taken = () => new Refusal('conflict', 'Another access flow of this integration has that name.');

/** Access flows: the rules under which groups may be borrowed. All answers are bound by the command's integrations. */
@Injectable()
export class FlowsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly alarm: UndecidableAlarm,
  ) {}

  /**
   * @throws Refusal `missing` for an unknown integration, `invalid` for wrong settings and for a flow under which no one could
   * decide, `conflict` for a taken name
   */
  create(command: Command<'flows.create'>): Promise<FlowRecord> {
    const [integrationId] = scopeOf(command.integrationIds, command.data.integrationId ?? null);
    if (!integrationId) throw new Refusal('missing', 'No such integration.');
    const settings = flowSettingsOf(command.data);
    return this.writes.run(
      command,
      uuidv7(),
      async (tx, id) => {
        await lockNamed(tx, integrationId, settings);
        await refuseUndecidable(tx, integrationId, settings);
        if (!(await insertFlow(tx, integrationId, id, settings, foldCase(settings.name), command.context.actor)))
          throw taken();
      },
      (tx, id) => this.read(tx, command.integrationIds, id),
    );
  }

  /**
   * Changes the given settings. Pending requests that no longer fit are cancelled, and the others go to those who may decide
   * them now; grants that exist go on.
   * @throws Refusal as `create`
   */
  async update(command: Command<'flows.update'>): Promise<CommandReply<'flows.update'>> {
    const id = idOf(command.data.id, 'access flow');
    const changes = flowChangesOf(command.data.settings);
    let undecidable: string[] = [];
    const updated = await this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        await lockNamed(tx, integrationId, changes);
        const flow = found(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const settings = { ...flow, ...changes };
        await refuseUndecidable(tx, integrationId, settings);
        await refuseTakenName(() =>
          updateFlow(tx, integrationId, id, settings, foldCase(settings.name), command.context.actor),
        );
        const settled = await settlePending(tx, integrationId, { flowIds: [id] }, causeOf(command));
        ({ undecidable } = settled);
        return { cancelledRequests: settled.cancelled };
      },
      async (tx, _, outcome) => ({ ...(await this.read(tx, command.integrationIds, id)), ...outcome }),
    );
    this.alarm.raise(updated.integrationId, undecidable);
    return updated;
  }

  /** Deletes a flow; what was asked and granted under it ends with it. */
  delete(command: Command<'flows.delete'>): Promise<Record<string, never>> {
    const id = idOf(command.data.id, 'access flow');
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        found(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const ending = { of: { kind: 'flow', id }, reason: 'flow_deleted', cause: causeOf(command) } as const;
        await lockPending(tx, integrationId, ending.of);
        await cancelRequests(tx, integrationId, ending);
        await revokeGrants(tx, integrationId, ending);
        await deleteFlow(tx, integrationId, id);
      },
      async () => ({}),
    );
  }

  /** @throws Refusal `missing` */
  async get(command: Command<'flows.get'>): Promise<FlowRecord> {
    const id = idOf(command.data.id, 'access flow');
    const visibleTo = membersOf(command.data.visibleTo);
    return this.database.transaction(command, (tx) => this.read(tx, command.integrationIds, id, visibleTo));
  }

  /** @returns flows, newest first */
  async list(command: Command<'flows.list'>): Promise<Page<FlowRecord>> {
    const slice = sliceOf(command.data);
    const scope = scopeOf(command.integrationIds, command.data.integrationId);
    const rows = await this.database.transaction(command, (tx) =>
      listFlows(tx, scope, slice, membersOf(command.data.visibleTo)),
    );
    return pageOf(
      rows,
      slice.limit,
      (flow) => flow.id,
      (flow) => flow,
    );
  }

  /** @throws Refusal `missing` for an unknown user; a group that there is none of is not visible */
  groupVisible(command: Command<'flows.groupVisible'>): Promise<{ visible: boolean }> {
    const userId = idOf(command.data.userId, 'user');
    const groupId = idOf(command.data.groupId, 'group');
    return this.database.transaction(command, async (tx) => {
      const integrationId = found(await integrationOf(tx, 'users', command.integrationIds, userId), 'user');
      return { visible: await seesGroup(tx, integrationId, userId, groupId) };
    });
  }

  private async read(tx: Tx, integrationIds: string[], id: string, visibleTo?: Member[]): Promise<FlowRecord> {
    return found(await findFlow(tx, integrationIds, id, visibleTo), 'access flow');
  }
}

async function refuseTakenName(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw (error as { constraint?: unknown }).constraint === 'flow_name_is_unique' ? taken() : error;
  }
}
