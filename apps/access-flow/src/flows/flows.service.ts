import {
  causeOf,
  type Command,
  type FlowRecord,
  type FlowSettings,
  type Page,
  pageOf,
  Refusal,
} from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { found, idOf, sliceOf } from '../commands/input.js';
import { scopeOf } from '../commands/scope.js';
import { Writes } from '../commands/writes.js';
import { lockGroups } from '../directory/groups.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { lockPresent } from '../directory/users.queries.js';
import { revokeGrants } from '../grants/revoke.queries.js';
import { cancelRequests, lockPending } from '../requests/cancel.queries.js';
import { flowChangesOf, flowSettingsOf } from './flow-settings.rule.js';
import { deleteFlow, findFlow, insertFlow, listFlows, lockFlow, updateFlow } from './flows.queries.js';

const taken = () => new Refusal('conflict', 'Another access flow of this integration has that name.');

/** Access flows: the rules under which groups may be borrowed. All answers are bound by the command's integrations. */
@Injectable()
export class FlowsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
  ) {}

  /** @throws Refusal `missing` for an unknown integration, `invalid` for wrong settings, `conflict` for a taken name */
  create(command: Command<'flows.create'>): Promise<FlowRecord> {
    const [integrationId] = scopeOf(command.integrationIds, command.data.integrationId ?? null);
    if (!integrationId) throw new Refusal('missing', 'No such integration.');
    const settings = flowSettingsOf(command.data);
    return this.writes.run(
      command,
      uuidv7(),
      async (tx, id) => {
        await lockNamed(tx, integrationId, settings);
        if (!(await insertFlow(tx, integrationId, id, settings, foldCase(settings.name)))) throw taken();
      },
      (tx, id) => this.read(tx, command.integrationIds, id),
    );
  }

  /** Changes the given settings. Requests and grants that exist keep the rules they were made under. */
  update(command: Command<'flows.update'>): Promise<FlowRecord> {
    const id = idOf(command.data.id, 'access flow');
    const changes = flowChangesOf(command.data.settings);
    return this.writes.run(
      command,
      id,
      async (tx) => {
        const { integrationId } = await this.read(tx, command.integrationIds, id);
        await lockNamed(tx, integrationId, changes);
        const flow = found(await lockFlow(tx, integrationId, id, 'UPDATE'), 'access flow');
        const settings = { ...flow, ...changes };
        await refuseTakenName(() => updateFlow(tx, integrationId, id, settings, foldCase(settings.name)));
      },
      (tx) => this.read(tx, command.integrationIds, id),
    );
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
    return this.database.transaction(command, (tx) => this.read(tx, command.integrationIds, id));
  }

  /** @returns flows, newest first */
  async list(command: Command<'flows.list'>): Promise<Page<FlowRecord>> {
    const slice = sliceOf(command.data);
    const scope = scopeOf(command.integrationIds, command.data.integrationId);
    const rows = await this.database.transaction(command, (tx) => listFlows(tx, scope, slice));
    return pageOf(
      rows,
      slice.limit,
      (flow) => flow.id,
      (flow) => flow,
    );
  }

  private async read(tx: Tx, integrationIds: string[], id: string): Promise<FlowRecord> {
    return found(await findFlow(tx, integrationIds, id), 'access flow');
  }
}

/** Everything that settings name must be there, and stays until the transaction is over. */
async function lockNamed(tx: Tx, integrationId: string, named: Partial<FlowSettings>): Promise<void> {
  if (!(await lockIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
  const { approval, requesters } = named;
  const approverIds = approval?.kind === 'one_approver' ? approval.approverIds : [];
  const approvers = await lockPresent(tx, integrationId, approverIds);
  if (!approverIds.every((id) => approvers.get(id)?.active))
    throw new Refusal('invalid', 'approval.approverIds must name active users of the integration.');
  const requesterGroups = requesters?.kind === 'members_of' ? requesters.groupIds : [];
  const groups = await lockGroups(tx, integrationId, [...(named.groupIds ?? []), ...requesterGroups]);
  if (!(named.groupIds ?? []).every((id) => groups.has(id)))
    throw new Refusal('invalid', 'groupIds must name groups of the integration that are synced.');
  if (!requesterGroups.every((id) => groups.has(id)))
    throw new Refusal('invalid', 'requesters.groupIds must name groups of the integration that are synced.');
}

async function refuseTakenName(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw (error as { constraint?: unknown }).constraint === 'flow_name_is_unique' ? taken() : error;
  }
}
