import { type Cause, type GroupState, type UserState } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type Asking, type CommandClient } from '@tidegate/messaging';
import { groupsThatMatter } from '../directory/groups.queries.js';
import { usersThatMatter } from '../directory/users.queries.js';
import { applyGroupState, applyUserState, type Ended } from './offboarding.js';

/** A kind of thing that access hangs on, and how what is known of it is compared with identity. */
export interface Compared<State> {
  noun: 'user' | 'group';
  idOf: (state: State) => string;
  /** Those that access hangs on, beyond the id `after`, in the order of their ids. */
  matter(tx: Tx, integrationId: string, after: string, limit: number): Promise<State[]>;
  /** @returns the states that identity has otherwise, in a way that may end something; one that it does not have is deleted */
  ask(client: CommandClient, asking: Asking, known: State[]): Promise<State[]>;
  /** The same as an event does with a state. */
  apply(tx: Tx, integrationId: string, state: State, cause: Cause): Promise<Ended>;
}

export const USERS: Compared<UserState> = {
  noun: 'user',
  idOf: ({ userId }) => userId,
  matter: usersThatMatter,
  async ask(client, asking, known) {
    const users = known.map(({ userId, deactivations }) => ({ id: userId, deactivations }));
    const { changed, absent } = await client.ask('users.deactivations', asking, { users });
    const gone = among(known, absent, USERS).map((user) => ({ ...user, active: false, deleted: true }));
    return [...among(changed, idsOf(known, USERS), USERS), ...gone];
  },
  apply: applyUserState,
};

export const GROUPS: Compared<GroupState> = {
  noun: 'group',
  idOf: ({ groupId }) => groupId,
  matter: groupsThatMatter,
  async ask(client, asking, known) {
    const groups = known.map(({ groupId, syncVersion }) => ({ id: groupId, syncVersion }));
    const { changed, absent } = await client.ask('groups.states', asking, { groups });
    const gone = among(known, absent, GROUPS).map((group) => ({ ...group, deleted: true }));
    return [...among(changed, idsOf(known, GROUPS), GROUPS), ...gone];
  },
  apply: applyGroupState,
};

const idsOf = <State>(states: State[], { idOf }: Compared<State>): string[] => states.map(idOf);

/** Those of the states that have one of the ids: what was not asked about is not taken from an answer. */
function among<State>(states: State[], ids: readonly string[], { idOf }: Compared<State>): State[] {
  const wanted = new Set(ids);
  return states.filter((state) => wanted.has(idOf(state)));
}
