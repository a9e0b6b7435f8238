import { PROFILE_LIMITS, type UserProfile, type UserState } from '@tidegate/contracts';

/** Higher than any count of deactivations: whatever was made is older. */
export const EVER = Number.MAX_SAFE_INTEGER;

export interface Heard {
  /** What is known of the user from now on. */
  state: UserState;
  /** Whether the user left since we last heard, or is not here now. */
  left: boolean;
  /** Grants and requests made under a lower count of deactivations are over. */
  endsMadeBefore: number;
}

/**
 * What to make of a user's state, however late, early or often it comes. The newer version is what we know; a deletion
 * is final, since ids are never used again. What ends access is the count of deactivations, not the order of hearing:
 * a reactivation that overtakes its deactivation carries the higher count and ends what was borrowed before it.
 *
 * @param known what was known until now; undefined for a user never heard of
 */
export function received(known: UserState | undefined, told: UserState): Heard {
  const newer = !known || (!known.deleted && (told.deleted || told.version > known.version));
  const deactivations = Math.max(known?.deactivations ?? 0, told.deactivations);
  const state = { ...(newer ? told : known), deactivations };
  const gone = !state.active || state.deleted;
  return {
    state,
    left: gone || deactivations > (known?.deactivations ?? 0),
    endsMadeBefore: gone ? EVER : deactivations,
  };
}

/**
 * An event that breaks the contract is refused, to be looked at by a person: reading half of it might keep access alive.
 * @throws Error naming the field
 */
export function checkUserState(state: UserState): void {
  for (const field of ['active', 'deleted'] as const)
    if (typeof state[field] !== 'boolean') throw new Error(`the user's ${field} is no boolean`);
  for (const field of ['deactivations', 'version'] as const)
    if (!Number.isSafeInteger(state[field])) throw new Error(`the user's ${field} is no whole number`);
}

/** @throws Error naming the field that breaks the contract, without its value */
export function checkUserProfile({ attributes, attributesVersion }: UserProfile): void {
  if (!Number.isSafeInteger(attributesVersion)) throw new Error("the profile's attributesVersion is no whole number");
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes))
    throw new Error("the profile's attributes are no object");
  if (!Object.values(attributes).every((value) => ['string', 'number', 'boolean'].includes(typeof value)))
    throw new Error("the profile's attributes are not all strings, numbers and booleans");
  if (Buffer.byteLength(JSON.stringify(attributes)) > PROFILE_LIMITS.bytes)
    throw new Error(`the profile's attributes take more than ${PROFILE_LIMITS.bytes} bytes`);
}
