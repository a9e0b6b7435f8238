import { type Actor, actorWithNames, type GroupRef, type NamedActor, type UserRef } from '@tidegate/contracts';

/** The users that a row refers to, by id; null if there are none. */
export type UserNames = Record<string, Omit<UserRef, 'id'>> | null;
/** The names of the groups that a row refers to, by id; null if there are none. */
export type GroupNames = Record<string, string> | null;

/** @returns the users with the ids, in their order, without unknown ones */
export const userRefs = (users: UserNames, ids: string[] | null): UserRef[] =>
  (ids ?? []).flatMap((id) => (users?.[id] ? [{ id, ...users[id] }] : []));

/** @returns the groups with the ids, in their order, without unknown ones */
export const groupRefs = (groups: GroupNames, ids: string[] | null): GroupRef[] =>
  (ids ?? []).flatMap((id) => (groups?.[id] === undefined ? [] : [{ id, name: groups[id] }]));

/** @returns the name of a user; its id if the user is unknown */
export const userNameOf = (users: UserNames, id: string): string => users?.[id]?.userName ?? id;

/** @returns the names of the user and the group of a request or grant; an unknown user or group has its id as name */
export function accessNames(
  { userId, groupId }: { userId: string; groupId: string },
  users: UserNames,
  groups: GroupNames,
): { userName: string; userDisplayName: string | null; groupName: string } {
  const userDisplayName = users?.[userId]?.displayName ?? null;
  return { userName: userNameOf(users, userId), userDisplayName, groupName: groups?.[groupId] ?? groupId };
}

/** @returns the actor with the names of its users */
export const namedActor = <A extends Actor | null>(actor: A, users: UserNames): A | NamedActor =>
  actorWithNames(actor, (userId) => users?.[userId]?.userName);
