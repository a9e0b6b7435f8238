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
import { type Compared, GROUPS, USERS } from '../offboarding/compared.js';
import { applyMembers, applyUserProfile, type Ended } from '../offboarding/offboarding.js';
import { groupsAfter, memberDifferences } from './groups.queries.js';
import { lockIfRemoved } from './integrations.queries.js';
import { insertNewUsers, outdatedUsers } from './profiles.queries.js';
import { type Step } from './rebuilds.queries.js';
import { usersAfter } from './users.queries.js';

/** What a step of a rebuild works with. */
export interface StepContext {
  integrationId: string;
  client: CommandClient;
  cause: Cause;
  /** The envelope of a command to identity. */
  asking: () => Asking;
  /** Runs a transaction within the integration. */
  inside: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** The same for one that may end something. */
  apply: (work: (tx: Tx) => Promise<Ended>) => Promise<void>;
}

/**
 * A page of a step. Identity is asked before the transactions that write, each of which applies one state under the version
 * rules of events: it never undoes a newer state that came meanwhile.
 * @param after the id that the page begins after
 * @returns the id that the next page begins after; null after the last page
 */
type RunStep = (context: StepContext, after: string) => Promise<string | null>;

export const RUN_STEP: Record<Step, RunStep> = {
  users: readUsers,
  groups: readGroups,
  knownUsers: (context, after) => compareKnown(context, after, { ...USERS, matter: usersAfter }, DEACTIVATIONS_AT_ONCE),
  knownGroups: (context, after) => compareKnown(context, after, { ...GROUPS, matter: groupsAfter }, GROUPS_AT_ONCE),
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
      if (!found) break; // it was deleted or left the groups to sync: the last step compares it
      await applyPage(context, found, next);
      next = found.nextMember;
    }
  }
  return page.nextCursor;
}

/** Users that left the group while the events were lost leave it here, page by page. */
async function applyPage(context: StepContext, page: GroupWithMembers, after: string): Promise<void> {
  const { integrationId, cause } = context;
  const { group, userIds, nextMember: upTo } = page;
  await context.apply(async (tx) => {
    const changes = await memberDifferences(tx, integrationId, { group, userIds, after, upTo });
    return applyMembers(tx, integrationId, { ...group, changes, chunk: 0, chunks: 1 }, cause);
  });
}

/**
 * Compares known users or groups with identity. They were known before identity is asked, so one that it does not have was
 * deleted, and not just made.
 */
async function compareKnown<State>(
  { integrationId, client, cause, asking, inside, apply }: StepContext,
  after: string,
  compared: Compared<State>,
  limit: number,
): Promise<string | null> {
  const known = await inside((tx) => compared.matter(tx, integrationId, after, limit));
  if (known.length === 0) return null;
  for (const state of await compared.ask(client, asking(), known))
    await apply((tx) => compared.apply(tx, integrationId, state, cause));
  return known.length === limit ? compared.idOf(known.at(-1)!) : null;
}
