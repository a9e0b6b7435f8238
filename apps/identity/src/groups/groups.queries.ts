import { type Command, type GroupState } from '@tidegate/contracts';
import { outboxRow, type NewEvent, type Tx } from '@tidegate/database';
import { comparisonKeys, type ResourceType, type ScimAttributes } from '@tidegate/scim';
import { openIntegration } from '../integrations/integrations.queries.js';
import { insertEventsFrom } from '../outbox.queries.js';
import { countInBlock } from '../search/blocks.queries.js';
import { isRepeat, rememberCommand } from '../repeats.queries.js';
import { isListed } from '../sync/sync-list.queries.js';
import { GROUP_ROW, type GroupRow } from './group.row.js';
import { namesOf, stateOf } from './groups.rule.js';

/**
 * Writes a group without members, and where it is synced the event that tells of it, in one statement.
 * @param type the integration's Group
 * @param group.syncList the names of the groups to sync, as they are compared, until the integration's own were heard
 * @returns undefined when the integration is not open or the command's group is there already
 */
export async function insertGroup(
  tx: Tx,
  type: ResourceType,
  group: { integrationId: string; id: string; commandId: string; attributes: ScimAttributes; syncList: string[] },
  event: NewEvent,
): Promise<GroupRow | undefined> {
  const { displayName, displayNameKey, externalId } = namesOf(group.attributes);
  const made = await tx.row<GroupRow & { closed_until: string | null }>(
    `WITH ${openIntegration('$1')}, made AS (
       INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, external_id, attributes,
         keys, synced, sync_version)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, listed, listed::int
       FROM open, LATERAL (SELECT ${isListed('coalesce(sync_list, $10::text[])', '$5')} AS listed) AS judged
       ON CONFLICT DO NOTHING RETURNING *
     ), to_tell AS (SELECT FROM made WHERE synced), told AS (${insertEventsFrom('to_tell', '$9')})
     SELECT ${GROUP_ROW}, (SELECT groups_closed_until FROM open) AS closed_until FROM made`,
    [
      group.integrationId,
      group.id,
      group.commandId,
      displayName,
      displayNameKey,
      externalId,
      JSON.stringify(group.attributes),
      JSON.stringify(comparisonKeys(type, group.attributes)),
      JSON.stringify([outboxRow(event)]),
      group.syncList,
    ],
  );
  if (!made) return undefined;
  const { closed_until, ...row } = made;
  if (row.synced) tx.eventLanes.add('normal');
  // Ids are those of the time: only one that comes late finds its block closed.
  await countInBlock(tx, 'groups', row, closed_until, 1);
  return row;
}

/** @returns the group that an earlier delivery of the command made */
export function groupOfCommand(tx: Tx, integrationId: string, commandId: string): Promise<GroupRow | undefined> {
  return tx.row<GroupRow>(`SELECT ${GROUP_ROW} FROM identity.groups WHERE integration_id = $1 AND command_id = $2`, [
    integrationId,
    commandId,
  ]);
}

/** @param id checked by `isId` */
export function findGroup(tx: Tx, integrationIds: string[], id: string): Promise<GroupRow | undefined> {
  return tx.row<GroupRow>(
    `SELECT ${GROUP_ROW} FROM identity.groups WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

/**
 * Like `findGroup`, and nobody else changes the group or its members until the transaction ends.
 * @param strength `NO KEY UPDATE` lets the group become a member of others meanwhile, so two groups may take each other
 *   in at once; `UPDATE`, for a delete, does not
 * @returns the group, and whether this very command changed it before
 */
export function lockGroup(
  tx: Tx,
  { integrationIds, commandId }: Command,
  id: string,
  strength: 'NO KEY UPDATE' | 'UPDATE' = 'NO KEY UPDATE',
): Promise<(GroupRow & { repeated: boolean }) | undefined> {
  return tx.row(
    `SELECT ${GROUP_ROW}, ${isRepeat('$3')} FROM identity.groups
     WHERE integration_id = ANY ($1::uuid[]) AND id = $2 FOR ${strength}`,
    [integrationIds, id, commandId],
  );
}

/** Saves a group, or only that its members changed, as its next version. @param type the integration's Group */
export async function saveGroup(
  tx: Tx,
  type: ResourceType,
  { integration_id, id }: GroupRow,
  attributes: ScimAttributes,
  commandId: string,
): Promise<GroupRow> {
  const { displayName, displayNameKey, externalId } = namesOf(attributes);
  const saved = await tx.row<GroupRow>(
    `UPDATE identity.groups SET display_name = $3, display_name_key = $4, external_id = $5, attributes = $6,
       version = version + 1, last_modified_at = clock_timestamp(), ${rememberCommand('$7')}, keys = $8
     WHERE integration_id = $1 AND id = $2 RETURNING ${GROUP_ROW}`,
    [
      integration_id,
      id,
      displayName,
      displayNameKey,
      externalId,
      JSON.stringify(attributes),
      commandId,
      JSON.stringify(comparisonKeys(type, attributes)),
    ],
  );
  return saved!;
}

/**
 * Deletes a group with its memberships, those that it has in others too; the members stay. Leaves a tombstone.
 * What the deletion takes along is locked in one order first: of groups that are members of one another in a circle
 * several may be deleted at once.
 */
export async function deleteGroup(tx: Tx, { integration_id, id }: GroupRow, commandId: string): Promise<void> {
  await tx.run(
    `WITH nested AS (
       SELECT 1 FROM identity.group_groups WHERE integration_id = $1 AND (group_id = $2 OR member_id = $2)
       ORDER BY group_id, member_id FOR UPDATE
     ), gone AS (DELETE FROM identity.groups WHERE integration_id = $1 AND id = $2)
     INSERT INTO identity.deleted_groups (integration_id, id, command_id)
     SELECT $1, $2, $3 FROM (SELECT count(*) FROM nested) AS locked`,
    [integration_id, id, commandId],
  );
}

/** @returns whether an earlier delivery of the command deleted the group */
export async function isGroupDeletedBy(tx: Tx, { integrationIds, commandId }: Command, id: string): Promise<boolean> {
  const tombstone = await tx.row(
    `SELECT 1 FROM identity.deleted_groups WHERE integration_id = ANY ($1::uuid[]) AND id = $2 AND command_id = $3`,
    [integrationIds, id, commandId],
  );
  return tombstone !== undefined;
}

/** The groups among those that are there, as events tell them. */
export async function statesOf(tx: Tx, integrationIds: string[], ids: string[]): Promise<GroupState[]> {
  const rows = await tx.rows<GroupRow>(
    `SELECT ${GROUP_ROW} FROM identity.groups WHERE integration_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[])`,
    [integrationIds, ids],
  );
  return rows.map((row) => stateOf(row));
}
