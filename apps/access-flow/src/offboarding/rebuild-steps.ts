import {
  BEFORE_ALL,
  type Cause,
  DEACTIVATIONS_AT_ONCE,
  GROUP_STATES_PER_PAGE,
  GROUPS_AT_ONCE,
  type GroupWithMembers,
  MAX_PAGE,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type Asking, type CommandClient } from '@tidegate/messaging';
import { type Ended } from '../requests/recheck.js';
import { type Comparison, GROUPS, USERS } from './comparison.js';
import { applyMembers, applyUserProfile } from './offboarding.js';
import { groupsAfter, memberDifferences } from '../directory/groups.queries.js';
import { lockIfRemoved } from '../directory/integrations.queries.js';
import { insertNewUsers, outdatedUsers } from '../directory/profiles.queries.js';
import { type Step } from './rebuild.entity.js';
import { usersAfter } from '../directory/users.queries.js';

/** What a step of a rebuild uses. */
export interface StepContext {
  integrationId: string;
  client: CommandClient;
  cause: Cause;
  /** @returns the envelope of a new command to identity */
  asking: () => Asking;
  /** Runs a transaction that sees only the integration. */
  inside: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Runs a transaction that can end grants and requests, and starts the work that follows. */
  apply: (work: (tx: Tx) => Promise<Ended>) => Promise<void>;
}

/**
 * Processes one page of a step. It reads from identity first. Then each write transaction applies one state under the version
 * rules of events, so it does not undo a newer state that an event stored in the meantime.
 * @param after the id after which the page begins
 * @returns the id after which the next page begins; null after the last page
 */
type RunStep = (context: StepContext, after: string) => Promise<string | null>;

export const RUN_STEP: Record<Step, RunStep> = {
  users: readUsers,
  groups: readGroups,
  knownUsers: (context, after) => compareKnown(context, after, { ...USERS, list: usersAfter }, DEACTIVATIONS_AT_ONCE),
  knownGroups: (context, after) => compareKnown(context, after, { ...GROUPS, list: groupsAfter }, GROUPS_AT_ONCE),
};

async function readUsers(context: StepContext, after: string): Promise<string | null> {
  const { integrationId, client, cause } = context;
  const page = await client.ask('users.statePage', context.asking(), { cursor: after, limit: MAX_PAGE });
  const outdated = await context.inside(async (tx) => {
    const ids = await outdatedUsers(tx, integrationId, page.items);
    const users = page.items.filter(({ userId }) => ids.has(userId));
    if (await lockIfRemoved(tx, integrationId)) return [];
    const stored = await insertNewUsers(tx, integrationId, users);
    return users.filter(({ userId }) => !stored.has(userId));
  });
  for (const user of outdated) await context.apply((tx) => applyUserProfile(tx, integrationId, user, cause));
  return page.nextCursor;
}

async function readGroups(context: StepContext, after: string): Promise<string | null> {
  const { client } = context;
  const page = await client.ask('groups.statePage', context.asking(), { cursor: after, limit: GROUP_STATES_PER_PAGE });
  for (const first of page.items) {
    await applyPage(context, first, BEFORE_ALL);
    for (let next = first.nextMember; next !== null;) {
      const asked = { id: first.group.groupId, after: next };
      const { found } = await client.ask('groups.memberPage', context.asking(), asked);
      if (!found) break; // it was deleted or removed from sync; the last step compares it
      await applyPage(context, found, next);
      next = found.nextMember;
    }
  }
  return page.nextCursor;
}

/** Stores the members of a page, and removes those that identity does not have in its range of ids. */
async function applyPage(context: StepContext, page: GroupWithMembers, after: string): Promise<void> {
  const { integrationId, cause } = context;
  const { group, userIds, nextMember: upTo } = page;
  await context.apply(async (tx) => {
    const changes = await memberDifferences(tx, integrationId, { group, userIds, after, upTo });
    return applyMembers(tx, integrationId, { ...group, changes, chunk: 0, chunks: 1 }, cause);
  });
}

/**
 * Compares known users or groups with identity. They are read before identity is asked, so one that identity does not have was
 * deleted and is not new.
 */
async function compareKnown<State>(
  { integrationId, client, cause, asking, inside, apply }: StepContext,
  after: string,
  comparison: Comparison<State>,
  limit: number,
): Promise<string | null> {
  const known = await inside((tx) => comparison.list(tx, integrationId, after, limit));
  if (known.length === 0) return null;
  for (const state of await comparison.ask(client, asking(), known))
    await apply((tx) => comparison.apply(tx, integrationId, state, cause));
  return known.length === limit ? comparison.idOf(known.at(-1)!) : null;
}
