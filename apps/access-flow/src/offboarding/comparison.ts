import { type Cause, type GroupState, type UserState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type Asking, type CommandClient } from '@tidegate/messaging';
import { groupsWithAccess } from '../directory/groups.queries.js';
import { usersWithAccess } from '../directory/users.queries.js';
import { type Ended } from '../requests/recheck.js';
import { applyGroupState, applyUserState } from './offboarding.js';

/** How the stored users or groups are compared with identity. */
export interface Comparison<State> {
  noun: 'user' | 'group';
  idOf: (state: State) => string;
  /** @returns up to `limit` stored states with ids above `after`, by id */
  list(tx: Tx, integrationId: string, after: string, limit: number): Promise<State[]>;
  /** @returns the states that differ in identity in a way that can end access; a missing user or group counts as deleted */
  ask(client: CommandClient, asking: Asking, known: State[]): Promise<State[]>;
  /** Applies a state as an event would. */
  apply(tx: Tx, integrationId: string, state: State, cause: Cause): Promise<Ended>;
}

export const USERS: Comparison<UserState> = {
  noun: 'user',
  idOf: ({ userId }) => userId,
  list: usersWithAccess,
  async ask(client, asking, known) {
    const users = known.map(({ userId, deactivations }) => ({ id: userId, deactivations }));
    const { changed, absent } = await client.ask('users.deactivations', asking, { users });
    const gone = withIds(known, absent, USERS).map((user) => ({ ...user, active: false, deleted: true }));
    return [...withIds(changed, idsOf(known, USERS), USERS), ...gone];
  },
  apply: applyUserState,
};

export const GROUPS: Comparison<GroupState> = {
  noun: 'group',
  idOf: ({ groupId }) => groupId,
  list: groupsWithAccess,
  async ask(client, asking, known) {
    const groups = known.map(({ groupId, syncVersion }) => ({ id: groupId, syncVersion }));
    const { changed, absent } = await client.ask('groups.states', asking, { groups });
    const gone = withIds(known, absent, GROUPS).map((group) => ({ ...group, deleted: true }));
    return [...withIds(changed, idsOf(known, GROUPS), GROUPS), ...gone];
  },
  apply: applyGroupState,
};

const idsOf = <State>(states: State[], { idOf }: Comparison<State>): string[] => states.map(idOf);

/** @returns the states with one of the ids, so that unrequested states in a reply are ignored */
function withIds<State>(states: State[], ids: readonly string[], { idOf }: Comparison<State>): State[] {
  const wanted = new Set(ids);
  return states.filter((state) => wanted.has(idOf(state)));
}
