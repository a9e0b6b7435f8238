import { PROFILE_LIMITS, type UserProfile, type UserState } from '@tidegate/contracts';

/** Higher than any count of deactivations. */
export const ABOVE_ALL_COUNTS = Number.MAX_SAFE_INTEGER;

export interface NextUser {
  /** The state to store. */
  state: UserState;
  /** Whether the user is inactive or deleted, or was deactivated after the known state. */
  left: boolean;
  /** Grants and requests that were created under a lower count of deactivations end. */
  endsMadeBefore: number;
}

/**
 * Merges a received state of a user into the known state. States can be late, duplicated and out of order. The higher version
 * wins; a deletion is final, because ids are not reused. The count of deactivations ends access, not the order of events: a
 * reactivation that arrives before its deactivation has the higher count and ends earlier grants.
 *
 * @param known the stored state; undefined for an unknown user
 */
export function nextUser(known: UserState | undefined, received: UserState): NextUser {
  const newer = !known || (!known.deleted && (received.deleted || received.version > known.version));
  const deactivations = Math.max(known?.deactivations ?? 0, received.deactivations);
  const state = { ...(newer ? received : known), deactivations };
  const gone = !state.active || state.deleted;
  return {
    state,
    left: gone || deactivations > (known?.deactivations ?? 0),
    endsMadeBefore: gone ? ABOVE_ALL_COUNTS : deactivations,
  };
}

/**
 * Checks the fields that decide about access. A wrong value would otherwise be read as "active" and keep grants.
 * @throws Error with the name of the field that breaks the contract
 */
export function checkUserState(state: UserState): void {
  for (const field of ['active', 'deleted'] as const)
    if (typeof state[field] !== 'boolean') throw new Error(`the user's ${field} is not a boolean`);
  for (const field of ['deactivations', 'version'] as const)
    if (!Number.isSafeInteger(state[field])) throw new Error(`the user's ${field} is not an integer`);
}

/** @throws Error with the name of the field that breaks the contract, without its value */
export function checkUserProfile({ attributes, attributesVersion }: UserProfile): void {
  if (!Number.isSafeInteger(attributesVersion)) throw new Error("the profile's attributesVersion is not an integer");
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes))
    throw new Error("the profile's attributes are not an object");
  if (!Object.values(attributes).every((value) => ['string', 'number', 'boolean'].includes(typeof value)))
    throw new Error("the profile's attributes are not all strings, numbers and booleans");
  if (Buffer.byteLength(JSON.stringify(attributes)) > PROFILE_LIMITS.bytes)
    throw new Error(`the profile's attributes take more than ${PROFILE_LIMITS.bytes} bytes`);
}
