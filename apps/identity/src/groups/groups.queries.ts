import { type Command, type GroupState } from '@tidegate/contracts';
import { columnsOf, outboxRow, type NewEvent, type Tx } from '@tidegate/database';
import { comparisonKeys, type ResourceType, type ScimAttributes, ScimError } from '@tidegate/scim';
import { openIntegration } from '../common/integrations.queries.js';
import { insertEventsFrom } from '../common/outbox.queries.js';
import { countInBlock } from '../search/blocks.queries.js';
import { isRepeat, rememberCommand } from '../common/repeats.queries.js';
import { isListed } from './sync-list.queries.js';
import { GroupRow, type GroupStateRow, STATE_COLUMNS } from './group.entity.js';
import { namesOf, stateOf } from './groups.rule.js';

/**
 * Inserts a group without members and, if it is synced, its event. They are one statement, because creates are the most
 * frequent writes of a first sync, and each statement is a round trip.
 * @param type the resource type Group of the integration
 * @param group.syncList the folded names of the groups to sync; used until the integration's list is stored
 * @param event `group.created` for the group
 * @returns undefined when the integration is not open or the command has already created a group
 */
export async function insertGroup(
  tx: Tx,
  type: ResourceType,
  group: { integrationId: string; id: string; commandId: string; attributes: ScimAttributes; syncList: string[] },
  event: NewEvent,
): Promise<GroupRow | undefined> {
  const { displayName, displayNameKey, externalId } = namesOf(group.attributes);
  const created = await tx.row<GroupRow & { closedUntil: string | null }>(
    `WITH ${openIntegration('$1')}, created AS (
       INSERT INTO identity.groups (integration_id, id, command_id, display_name, display_name_key, external_id, attributes,
         keys, synced, sync_version)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, listed, listed::int
       FROM open, LATERAL (SELECT ${isListed('coalesce(sync_list, $10::text[])', '$5')} AS listed) AS evaluated
       ON CONFLICT DO NOTHING RETURNING *
     ), synced_group AS (SELECT FROM created WHERE synced), events AS (${insertEventsFrom('synced_group', '$9')})
     SELECT ${columnsOf(GroupRow)}, (SELECT groups_closed_until FROM open) AS "closedUntil" FROM created`,
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
  if (!created) return undefined;
  const { closedUntil, ...row } = created;
  if (row.synced) tx.eventLanes.add('normal');
  // Ids are in order of time. Only an id that was generated earlier and arrives late is in a closed block.
  await countInBlock(tx, 'groups', row, closedUntil, 1);
  return row;
}

/**
 * Checks that no other group of the integration has the name, ignoring case. Locks the name until the end of the
 * transaction, because concurrent writes do not see each other's groups.
 * @param group its id is that of the group to write; a group that the same command created is not another group
 * @throws ScimError uniqueness
 */
export async function expectUniqueName(
  tx: Tx,
  {
    integrationId,
    id,
    commandId,
    attributes,
  }: { commandId: string } & Pick<GroupRow, 'integrationId' | 'id' | 'attributes'>,
): Promise<void> {
  const key = namesOf(attributes).displayNameKey;
  // A statement of its own: its snapshot would not contain a group that was committed while it waits for the lock.
  await tx.run(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`group name ${integrationId} ${key}`]);
  const other = await tx.row(
    `SELECT 1 FROM identity.groups
     WHERE integration_id = $1 AND display_name_key = $2 AND id <> $3 AND command_id <> $4 LIMIT 1`,
    [integrationId, key, id, commandId],
  );
  if (other) throw new ScimError('uniqueness', 'Another group has this displayName.');
}

/** @returns the group that an earlier delivery of the command created */
export function groupOfCommand(tx: Tx, integrationId: string, commandId: string): Promise<GroupRow | undefined> {
  return tx.row<GroupRow>(
    `SELECT ${columnsOf(GroupRow)} FROM identity.groups WHERE integration_id = $1 AND command_id = $2`,
    [integrationId, commandId],
  );
}

/** @param id must be valid (`isId`) */
export function findGroup(tx: Tx, integrationIds: string[], id: string): Promise<GroupRow | undefined> {
  return tx.row<GroupRow>(
    `SELECT ${columnsOf(GroupRow)} FROM identity.groups WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

/**
 * Finds a group and locks it: no other transaction can change the group or its members until this one ends.
 * @param strength `NO KEY UPDATE` allows other transactions to add the group to groups, so two transactions can add two
 *   groups to each other; `UPDATE`, for a delete, does not
 * @returns the group, and whether an earlier delivery of the command changed it
 */
export function lockGroup(
  tx: Tx,
  { integrationIds, commandId }: Command,
  id: string,
  strength: 'NO KEY UPDATE' | 'UPDATE' = 'NO KEY UPDATE',
): Promise<(GroupRow & { repeated: boolean }) | undefined> {
  return tx.row(
    `SELECT ${columnsOf(GroupRow)}, ${isRepeat('$3')} FROM identity.groups
     WHERE integration_id = ANY ($1::uuid[]) AND id = $2 FOR ${strength}`,
    [integrationIds, id, commandId],
  );
}

/**
 * Saves a group as its next version, also when only its members changed.
 * @param type the resource type Group of the integration
 * @returns the saved row
 */
export async function saveGroup(
  tx: Tx,
  type: ResourceType,
  { integrationId, id }: GroupRow,
  attributes: ScimAttributes,
  commandId: string,
): Promise<GroupRow> {
  const { displayName, displayNameKey, externalId } = namesOf(attributes);
  const saved = await tx.row<GroupRow>(
    `UPDATE identity.groups SET display_name = $3, display_name_key = $4, external_id = $5, attributes = $6,
       version = version + 1, last_modified_at = clock_timestamp(), ${rememberCommand('$7')}, keys = $8
     WHERE integration_id = $1 AND id = $2 RETURNING ${columnsOf(GroupRow)}`,
    [
      integrationId,
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
 * Deletes a group with its members and its memberships in other groups, and inserts a tombstone. The users and groups
 * that were members stay. The memberships are locked in a fixed order first, because groups that are members of each
 * other can be deleted at the same time.
 */
export async function deleteGroup(tx: Tx, { integrationId, id }: GroupRow, commandId: string): Promise<void> {
  await tx.run(
    `WITH nested AS (
       SELECT 1 FROM identity.group_groups WHERE integration_id = $1 AND (group_id = $2 OR member_id = $2)
       ORDER BY group_id, member_id FOR UPDATE
     ), deleted AS (DELETE FROM identity.groups WHERE integration_id = $1 AND id = $2)
     INSERT INTO identity.deleted_groups (integration_id, id, command_id)
     SELECT $1, $2, $3 FROM (SELECT count(*) FROM nested) AS locked`,
    [integrationId, id, commandId],
  );
}

/** @returns the states of those of the groups that exist */
export async function statesOf(tx: Tx, integrationIds: string[], ids: string[]): Promise<GroupState[]> {
  const rows = await tx.rows<GroupStateRow>(
    `SELECT ${STATE_COLUMNS} FROM identity.groups WHERE integration_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[])`,
    [integrationIds, ids],
  );
  return rows.map((row) => stateOf(row));
}
