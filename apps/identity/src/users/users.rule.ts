import { type UserProfile, type UserRecord, type UserState } from '@tidegate/contracts';
import {
  comparisonKeys,
  foldCase,
  normalizedUserName,
  type ResourceType,
  type ScimAttributes,
  userStateOf,
} from '@tidegate/scim';
import { emailKeys } from '../search/email-keys.rule.js';
import { type MarkedAttributes, profileOf } from './profile.rule.js';
import { type UserRow, type UserStateRow } from './user.entity.js';

/** The data of a user that a write determines. The other columns are derived from it. */
export type UserContent = Pick<UserRow, 'attributes' | 'active' | 'deactivations' | 'deactivatedReceivedAt'>;

/**
 * The content of a new user.
 * @param sent the attributes that the client sent; without `active` the user is active
 * @param receivedAt when the gateway received the write
 */
export function newUser(sent: ScimAttributes, receivedAt: Date): UserContent {
  const active = sent.active !== false;
  return {
    attributes: { ...sent, active },
    active,
    deactivations: 0,
    deactivatedReceivedAt: active ? null : receivedAt,
  };
}

/**
 * Applies a write to a user. Only an explicit `active: true` reactivates, and only if the gateway received the write
 * after the deactivation. A write without `active` keeps the status.
 *
 * @param sent all attributes after the write; `active` only if the write contains it
 * @param receivedAt when the gateway received the write
 */
export function writeUser(before: UserContent, sent: ScimAttributes, receivedAt: Date): UserContent {
  const { deactivatedReceivedAt } = before;
  const late = deactivatedReceivedAt !== null && receivedAt < deactivatedReceivedAt;
  const keeps = sent.active === undefined || (sent.active === true && late);
  const active = keeps ? before.active : sent.active === true;
  return {
    attributes: { ...sent, active },
    active,
    deactivations: before.deactivations + (before.active && !active ? 1 : 0),
    deactivatedReceivedAt: sent.active === false && !late ? receivedAt : deactivatedReceivedAt,
  };
}

/** @returns the name of the event of a change; a change of status takes precedence */
export function nameOfChange(before: UserContent, after: UserContent) {
  if (before.active === after.active) return 'user.updated';
  return after.active ? 'user.reactivated' : 'user.deactivated';
}

/** The names that a row stores in columns, for display, comparison and search. */
export function namesOf(attributes: ScimAttributes) {
  const { userName, displayName } = userStateOf(attributes);
  // The display name can be composed of parts of `name`, but a filter on displayName compares the value that was sent.
  const { displayName: sent, externalId } = attributes;
  return {
    userName,
    userNameKey: normalizedUserName(userName),
    displayName,
    displayNameKey: typeof sent === 'string' ? foldCase(sent) : null,
    externalId: typeof externalId === 'string' ? externalId : null,
  };
}

/** The values for filters and sorting, besides the names. @param type the resource type User of the integration */
export function searchedOf(type: ResourceType, attributes: ScimAttributes) {
  const keys = comparisonKeys(type, attributes);
  return { keys, emails: emailKeys(keys), shownNameKey: shownNameKey(userStateOf(attributes)) };
}

/** The folded display name of a user as a member of groups. */
export const shownNameKey = (names: { userName: string; displayName: string | null }): string =>
  foldCase(names.displayName ?? names.userName);

/** Converts a row to the state that events contain. */
export function stateOf(row: UserStateRow, deleted = false): UserState {
  const { id: userId, userName, displayName, externalId, deactivations, version } = row;
  return { userId, userName, displayName, externalId, active: row.active && !deleted, deleted, deactivations, version };
}

/** Converts a row to the state with the profile that events contain. */
export function userProfile(
  row: UserStateRow & { attributes: ScimAttributes },
  marks: MarkedAttributes,
  deleted = false,
): UserProfile {
  const attributes = deleted ? {} : profileOf(row.attributes, marks);
  return { ...stateOf(row, deleted), attributes, attributesVersion: marks.version };
}

/** Converts a row to the record that commands return. */
export function recordOf(row: UserRow, groups: UserRecord['groups']): UserRecord {
  return {
    id: row.id,
    attributes: row.attributes,
    active: row.active,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    lastModifiedAt: row.lastModifiedAt.toISOString(),
    groups,
  };
}
