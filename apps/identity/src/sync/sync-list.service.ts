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
import { oneIntegration } from '../command.rule.js';
import { statesOf } from '../groups/groups.queries.js';
import { memberEvents, stateOf } from '../groups/groups.rule.js';
import { membersAfter } from '../groups/members.queries.js';
import {
  lockGroupsAfter,
  lockPass,
  lockPublication,
  matchList,
  movePass,
  movePublication,
  turnGroups,
} from './sync-list.queries.js';

/** What one transaction takes on: short enough that whoever pushes the same groups hardly waits. */
const DECIDED_AT_ONCE = 200;
const TOLD_AT_ONCE = 5_000;

/**
 * Lists of groups to sync. Applies the one that was heard: takes groups in and lets others go, then tells the members of those
 * that were taken in. It goes in short transactions that remember how far it came, so that a crash costs one of them.
 */
@Injectable()
export class SyncLists {
  constructor(private readonly database: Database) {}

  /** Does what is left to be done for an integration; several may do so side by side. */
  async catchUp(integrationId: string, cause: Cause): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    // What leaves comes first: it ends access, and telling the members of a big group takes its time.
    for (const step of [decideNext, publishNext])
      while (await this.database.transaction(scope, (tx) => step(tx, integrationId, cause)));
  }

  /**
   * Which of the groups were taken off the list since what the asker knows, and which do not exist.
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
   * What would come of a list of groups to sync, compared with what is synced now.
   * @throws Refusal `invalid` for more than 500 ids
   */
  match(command: Command<'groups.match'>): Promise<SyncListMatch> {
    const integrationId = oneIntegration(command);
    const list = new Map(command.data.groupsToSync.map((name) => [foldCase(name), name]));
    const ids = idsOf(command.data.groupIds);
    return this.database.transaction(command, (tx) => matchList(tx, integrationId, list, ids));
  }
}

/** Decides the next groups by the list. @returns whether there are more */
async function decideNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  const after = await lockPass(tx, integrationId);
  if (after === undefined) return false;
  const groups = await lockGroupsAfter(tx, integrationId, after, DECIDED_AT_ONCE);
  const wrong = groups.filter(({ changes }) => changes).map(({ id }) => id);
  const turned = await turnGroups(tx, integrationId, wrong);
  await recordEvents(
    tx,
    'identity',
    turned.map((row) => ({
      name: row.synced ? 'group.synced' : 'group.unsynced',
      integrationId,
      subject: row.id,
      version: row.version,
      ...cause,
      data: stateOf(row),
    })),
  );
  const more = groups.length === DECIDED_AT_ONCE;
  await movePass(tx, integrationId, more ? groups.at(-1)!.id : undefined);
  return more;
}

/**
 * Tells the next members of a group that was taken in, all under the version of that: whoever comes or goes meanwhile is
 * told under a higher one, which wins.
 * @returns whether there are more, of this group or another
 */
async function publishNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  const group = await lockPublication(tx, integrationId);
  if (!group) return false;
  const found = await membersAfter(tx, group, group.members_after, TOLD_AT_ONCE + 1);
  const members = found.slice(0, TOLD_AT_ONCE);
  const more = found.length > members.length;
  const events = memberEvents(
    { ...group, version: group.sync_version },
    members.map((member) => ({ ...member, present: true })),
    cause,
    { first: group.chunk, more },
  );
  await recordEvents(tx, 'identity', events);
  const next = { members_after: members.at(-1)?.id ?? group.members_after, chunk: group.chunk + events.length };
  await movePublication(tx, group, more ? next : undefined);
  return true;
}

/** What among the ids can be one. @throws Refusal `invalid` for more than 500 */
function idsOf(ids: readonly string[]): string[] {
  if (ids.length > GROUPS_AT_ONCE)
    throw new Refusal('invalid', `At most ${GROUPS_AT_ONCE} groups can be asked for at once.`);
  return ids.filter(isId);
}
