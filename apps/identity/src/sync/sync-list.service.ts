import { Injectable } from '@nestjs/common';
import {
  type Cause,
  type Command,
  type CommandReply,
  GROUPS_AT_ONCE,
  isId,
  Refusal,
  type SyncListMatch,
} from '@tidegate/contracts';
import { Database, recordEvents, type Tx } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { oneIntegration } from '../common/command.rule.js';
import { statesOf } from '../groups/groups.queries.js';
import { memberEvents } from '../groups/group.events.js';
import { stateOf } from '../groups/groups.rule.js';
import { membersAfter } from '../groups/members.queries.js';
import {
  lockGroupsAfter,
  lockPublication,
  matchList,
  savePass,
  savePublication,
  toggleGroups,
} from '../groups/sync-list.queries.js';
import { SyncPassEntity } from '../groups/sync-pass.entity.js';

/** The work of one transaction. Transactions are short, because writes to the same groups wait for them. */
const GROUPS_PER_STEP = 200;
const MEMBERS_PER_STEP = 5_000;

/**
 * Applies the groups to sync of an integration: publishes which groups are synced and which no longer are, then the
 * members of newly synced groups. It works in short transactions that store their progress, so a crash loses at most
 * one.
 */
@Injectable()
export class SyncLists {
  constructor(private readonly database: Database) {}

  /** Finishes the remaining work for an integration. Several processes can run this at the same time. */
  async catchUp(integrationId: string, cause: Cause): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    // The passes over groups come first: they end access, and publishing the members of a large group takes longer.
    for (const step of [applyListToNext, publishNext])
      while (await this.database.transaction(scope, (tx) => step(tx, integrationId, cause)));
  }

  /**
   * Finds changes of `synced` that the caller does not have.
   * @returns `changed`, the states of groups with a newer `syncVersion`, and `absent`, the ids of groups that do not
   *   exist
   * @throws Refusal `invalid` for more than 500 groups
   */
  async states(command: Command<'groups.states'>): Promise<CommandReply<'groups.states'>> {
    const { groups } = command.data;
    const ids = idsOf(groups.map(({ id }) => id));
    const rows = await this.database.transaction(command, (tx) => statesOf(tx, command.integrationIds, ids));
    const states = new Map(rows.map((state) => [state.groupId, state]));
    return {
      changed: groups.flatMap(({ id, syncVersion }) => {
        const state = states.get(id);
        return state && state.syncVersion > syncVersion ? [state] : [];
      }),
      absent: groups.flatMap(({ id }) => (states.has(id) ? [] : [id])),
    };
  }

  /**
   * Previews a list of groups to sync: compares it with the groups that are synced now.
   * @throws Refusal `invalid` for more than 500 ids
   */
  match(command: Command<'groups.match'>): Promise<SyncListMatch> {
    const integrationId = oneIntegration(command);
    const list = new Map(command.data.groupsToSync.map((name) => [foldCase(name), name]));
    const ids = idsOf(command.data.groupIds);
    return this.database.transaction(command, (tx) => matchList(tx, integrationId, list, ids));
  }
}

/** Applies the list to the next groups. @returns whether there are more groups */
async function applyListToNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  // Locked, so that two processes never apply a list at the same time.
  const pass = await tx.findOne(SyncPassEntity, { where: { integrationId }, lock: 'forUpdate' });
  if (!pass) return false;
  const groups = await lockGroupsAfter(tx, integrationId, pass.groupsAfter, GROUPS_PER_STEP);
  const toChange = groups.filter(({ changes }) => changes).map(({ id }) => id);
  const changed = await toggleGroups(tx, integrationId, toChange);
  await recordEvents(
    tx,
    'identity',
    changed.map((row) => ({
      name: row.synced ? 'group.synced' : 'group.unsynced',
      integrationId,
      subject: row.id,
      version: row.version,
      ...cause,
      data: stateOf(row),
    })),
  );
  const more = groups.length === GROUPS_PER_STEP;
  await savePass(tx, integrationId, more ? groups.at(-1)!.id : undefined);
  return more;
}

/**
 * Publishes the next members of a newly synced group, under the version at which it was synced. Later member changes
 * have a higher version, which takes precedence.
 * @returns whether there may be more members, of this group or another one
 */
async function publishNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  const group = await lockPublication(tx, integrationId);
  if (!group) return false;
  const found = await membersAfter(tx, group, group.membersAfter, MEMBERS_PER_STEP + 1);
  const members = found.slice(0, MEMBERS_PER_STEP);
  const more = found.length > members.length;
  const events = memberEvents(
    { ...group, version: group.syncVersion },
    members.map((member) => ({ ...member, present: true })),
    cause,
    { first: group.chunk, more },
  );
  await recordEvents(tx, 'identity', events);
  const next = { membersAfter: members.at(-1)?.id ?? group.membersAfter, chunk: group.chunk + events.length };
  await savePublication(tx, group, more ? next : undefined);
  return true;
}

/**
 * @returns the valid ids
 * @throws Refusal `invalid` for more than 500 ids
 */
function idsOf(ids: readonly string[]): string[] {
  if (ids.length > GROUPS_AT_ONCE)
    throw new Refusal('invalid', `A command can contain at most ${GROUPS_AT_ONCE} groups.`);
  return ids.filter(isId);
}
