import { type GrantEndReason, type GroupState } from '@tidegate/contracts';

/** A group as it is kept: by which name, and whether it may be borrowed. */
export type KnownGroup = Pick<GroupState, 'displayName' | 'deleted' | 'synced' | 'syncVersion' | 'version'>;

export interface NextGroup {
  /** What is known of the group from now on. */
  state: KnownGroup;
  /** Why what was borrowed of it ends, or undefined when it goes on. */
  ends: Extract<GrantEndReason, 'group_deleted' | 'group_not_synced'> | undefined;
}

/**
 * What to make of a group's state, however late, early or often it comes. The newer version is what we know; a deletion
 * is final. What ends access is `syncVersion` and not the order of hearing: a group that was taken in again is known by a
 * higher one, so it ends what was borrowed before it was let go, even when that is heard later or never.
 *
 * @param known what was known until now; undefined for a group never heard of
 */
export function nextGroup(known: KnownGroup | undefined, told: KnownGroup): NextGroup {
  if (!known) return { state: told, ends: undefined };
  const newer = !known.deleted && (told.deleted || told.version > known.version);
  if (!newer) return { state: known, ends: undefined };
  const state = { ...told, syncVersion: Math.max(known.syncVersion, told.syncVersion) };
  if (told.deleted) return { state, ends: 'group_deleted' };
  return { state, ends: state.syncVersion > known.syncVersion ? 'group_not_synced' : undefined };
}

/**
 * @returns a group's state as it is kept; a teller of the release before does not say whether it is synced: all were
 * @throws Error naming the field, for an event that breaks the contract
 */
export function knownGroupOf(told: GroupState): KnownGroup {
  const { displayName, deleted, synced = true, syncVersion = 1, version } = told;
  for (const [field, value] of Object.entries({ deleted, synced }))
    if (typeof value !== 'boolean') throw new Error(`the group's ${field} is no boolean`);
  for (const [field, value] of Object.entries({ syncVersion, version }))
    if (!Number.isSafeInteger(value)) throw new Error(`the group's ${field} is no whole number`);
  return { displayName, deleted, synced, syncVersion, version };
}
