import { type UserRecord, type UserState } from '@tidegate/contracts';
import { foldCase, normalizedUserName, type ScimAttributes, userStateOf } from '@tidegate/scim';
import { type UserRow } from './users.queries.js';

/** What of a user a write decides; the rest of the row follows from it. */
export interface UserContent {
  /** As `parseResource` gives them; `active` is always among them. */
  attributes: ScimAttributes;
  active: boolean;
  /** How often the user became inactive or was deleted. */
  deactivations: number;
  /** When the newest write that said `active: false` entered the system. */
  deactivatedReceivedAt: Date | null;
}

/**
 * @param said what the client sent; without `active` the user is active
 * @param receivedAt when the write entered the system
 */
export function newUser(said: ScimAttributes, receivedAt: Date): UserContent {
  const active = said.active !== false;
  return {
    attributes: { ...said, active },
    active,
    deactivations: 0,
    deactivatedReceivedAt: active ? null : receivedAt,
  };
}

/**
 * What a write makes of a user. Only an explicit `active: true` reactivates, and not when the write entered the system
 * before the deactivation it would undo; a write that says nothing of `active` keeps it.
 *
 * @param said all attributes as the write leaves them; `active` is there only when the write itself says it
 */
export function writeUser(before: UserContent, said: ScimAttributes, receivedAt: Date): UserContent {
  const { deactivatedReceivedAt } = before;
  const late = deactivatedReceivedAt !== null && receivedAt < deactivatedReceivedAt;
  const active = said.active === false || (said.active === true && late) ? before.active && late && said.active === true : (said.active ?? before.active) === true;
  return {
    attributes: { ...said, active },
    active,
    deactivations: before.deactivations + (before.active && !active ? 1 : 0),
    deactivatedReceivedAt: said.active === false && !late ? receivedAt : deactivatedReceivedAt,
  };
}
