import { type Actor, type FlowRules, type UnnamedFlow } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { flowReferences, rulesOf } from './flow-settings.rule.js';
import { FlowEntity } from './flow.entity.js';

export const flowRecord = (flow: FlowEntity): UnnamedFlow => ({
  ...flow.rules,
  id: flow.id,
  integrationId: flow.integrationId,
  name: flow.name,
  enabled: flow.enabled,
  priority: flow.priority,
  groupIds: flow.groupIds,
  namedUsers: flow.namedUsers,
  version: flow.version,
  createdAt: flow.createdAt.toISOString(),
  createdBy: flow.createdBy,
  updatedBy: flow.updatedBy,
});

/** @returns the columns that settings determine */
export function settingColumns(settings: FlowRules): Partial<FlowEntity> {
  const { name, enabled, priority, groupIds, ...rules } = settings;
  const { conditionGroupIds, approverGroupIds, userIds } = flowReferences(settings);
  const references = { conditionGroupIds, approverGroupIds, userIds };
  return { name, nameKey: foldCase(name), enabled, priority, groupIds, rules, ...references };
}

/** Keeps the settings of a new version of a flow. */
export async function keepVersion(tx: Tx, flow: UnnamedFlow, savedBy: Actor): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.flow_versions (integration_id, flow_id, version, settings, saved_by) VALUES ($1, $2, $3, $4, $5)`,
    [flow.integrationId, flow.id, flow.version, JSON.stringify(rulesOf(flow)), JSON.stringify(savedBy)],
  );
}

/** @returns the flow without names, for decisions */
export async function findFlow(tx: Tx, integrationIds: string[], id: string): Promise<UnnamedFlow | undefined> {
  const flow = await tx.row<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
  return flow && flowRecord(flow);
}

/** @returns the flows with the ids, by id */
export async function findFlows(tx: Tx, integrationId: string, ids: string[]): Promise<Map<string, UnnamedFlow>> {
  const flows = await tx.rows<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = $1 AND id = ANY ($2::uuid[])`,
    [integrationId, ids],
  );
  return new Map(flows.map((flow) => [flow.id, flowRecord(flow)]));
}

/** @returns all flows of an integration */
export async function listAllFlows(tx: Tx, integrationId: string): Promise<UnnamedFlow[]> {
  const flows = await tx.rows<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = $1 ORDER BY id`,
    [integrationId],
  );
  return flows.map(flowRecord);
}

/** @returns the enabled flows that offer a group, in the order in which requests use them */
export async function flowsOffering(tx: Tx, integrationId: string, groupId: string): Promise<UnnamedFlow[]> {
  const flows = await tx.rows<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows
     WHERE integration_id = $1 AND enabled AND $2 = ANY (group_ids) ORDER BY priority DESC, id`,
    [integrationId, groupId],
  );
  return flows.map(flowRecord);
}

/** @param strength SHARE prevents changes and deletion; UPDATE is required for them; with SKIP LOCKED a changing flow is not found */
export async function lockFlow(
  tx: Tx,
  integrationId: string,
  id: string,
  strength: 'SHARE' | 'UPDATE' | 'SHARE SKIP LOCKED',
): Promise<UnnamedFlow | undefined> {
  const flow = await tx.row<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows WHERE integration_id = $1 AND id = $2 FOR ${strength}`,
    [integrationId, id],
  );
  return flow && flowRecord(flow);
}

/**
 * Locks for share, ordered by id, the flows that depend on a group: by their condition, or by an approver group. The group
 * must be locked, so that no other flow can add it.
 */
export async function lockFlowsDependingOn(tx: Tx, integrationId: string, groupId: string): Promise<UnnamedFlow[]> {
  const flows = await tx.rows<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows
     WHERE integration_id = $1 AND ($2 = ANY (condition_group_ids) OR $2 = ANY (approver_group_ids)) ORDER BY id FOR SHARE`,
    [integrationId, groupId],
  );
  return flows.map(flowRecord);
}

/** Disables the flows of a removed integration. Each gets a version. */
export async function disableFlows(tx: Tx, integrationId: string, by: Actor): Promise<void> {
  const flows = await tx.rows<FlowEntity>(
    `WITH enabled AS (
       SELECT id FROM access_flow.flows WHERE integration_id = $1 AND enabled ORDER BY id FOR UPDATE
     )
     UPDATE access_flow.flows f SET enabled = false, version = version + 1
     FROM enabled WHERE f.integration_id = $1 AND f.id = enabled.id RETURNING ${columnsOf(FlowEntity, 'f')}`,
    [integrationId],
  );
  for (const flow of flows) await keepVersion(tx, flowRecord(flow), by);
}

/** @returns the flows that offer a group: the enabled ones in the order in which requests use them, then the disabled ones */
export async function listOffering(
  tx: Tx,
  integrationId: string,
  groupId: string,
  limit: number,
): Promise<UnnamedFlow[]> {
  const flows = await tx.rows<FlowEntity>(
    `SELECT ${columnsOf(FlowEntity)} FROM access_flow.flows
     WHERE integration_id = $1 AND $2 = ANY (group_ids) ORDER BY enabled DESC, priority DESC, id LIMIT $3`,
    [integrationId, groupId, limit],
  );
  return flows.map(flowRecord);
}
