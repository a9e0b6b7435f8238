import { type GrantEndReason, type GroupState } from '@tidegate/contracts';

/** The stored state of a group. */
export type KnownGroup = Pick<GroupState, 'displayName' | 'deleted' | 'synced' | 'syncVersion' | 'version'>;

export interface NextGroup {
  /** The state to store. */
  state: KnownGroup;
  /** Why the earlier grants of the group end; undefined if they continue. */
  ends: Extract<GrantEndReason, 'group_deleted' | 'group_not_synced'> | undefined;
}

/**
 * Merges a received state of a group into the known state. States can be late, duplicated and out of order. The higher
 * version wins; a deletion is final. A higher `syncVersion` ends earlier grants: a group that was synced again has a higher
 * one, so these grants end even if the event of its removal from sync is late or lost.
 *
 * @param known the stored state; undefined for an unknown group
 */
export function nextGroup(known: KnownGroup | undefined, received: KnownGroup): NextGroup {
  if (!known) return { state: received, ends: undefined };
  const newer = !known.deleted && (received.deleted || received.version > known.version);
  if (!newer) return { state: known, ends: undefined };
  const state = { ...received, syncVersion: Math.max(known.syncVersion, received.syncVersion) };
  if (received.deleted) return { state, ends: 'group_deleted' };
  return { state, ends: state.syncVersion > known.syncVersion ? 'group_not_synced' : undefined };
}

/**
 * @param received the data of an event. Publishers of the previous release omit `synced` and `syncVersion`: all groups were synced
 * @returns the state to store
 * @throws Error with the name of the field, for a state that breaks the contract
 */
export function knownGroupOf(received: GroupState): KnownGroup {
  const { displayName, deleted, synced = true, syncVersion = 1, version } = received;
  for (const [field, value] of Object.entries({ deleted, synced }))
    if (typeof value !== 'boolean') throw new Error(`the group's ${field} is not a boolean`);
  for (const [field, value] of Object.entries({ syncVersion, version }))
    if (!Number.isSafeInteger(value)) throw new Error(`the group's ${field} is not an integer`);
  return { displayName, deleted, synced, syncVersion, version };
}
