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
import { type UserRow, type UserStateRow } from './user.row.js';

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
  const keeps = said.active === undefined || (said.active === true && late);
  const active = keeps ? before.active : said.active === true;
  return {
    attributes: { ...said, active },
    active,
    deactivations: before.deactivations + (before.active && !active ? 1 : 0),
    deactivatedReceivedAt: said.active === false && !late ? receivedAt : deactivatedReceivedAt,
  };
}

/** The change that an event is named after; a change of status outweighs any other. */
export function nameOfChange(before: UserContent, after: UserContent) {
  if (before.active === after.active) return 'user.updated';
  return after.active ? 'user.reactivated' : 'user.deactivated';
}

/** The names that rows keep beside the attributes, to be shown, compared and searched. */
export function namesOf(attributes: ScimAttributes) {
  const { userName, displayName } = userStateOf(attributes);
  // What is shown may be made of the parts of the name; a filter on displayName asks for what was sent.
  const { displayName: sent, externalId } = attributes;
  return {
    userName,
    userNameKey: normalizedUserName(userName),
    displayName,
    displayNameKey: typeof sent === 'string' ? foldCase(sent) : null,
    externalId: typeof externalId === 'string' ? externalId : null,
  };
}

/** What filters and sorting look at, beside the names. @param type the integration's User */
export function searchedOf(type: ResourceType, attributes: ScimAttributes) {
  const keys = comparisonKeys(type, attributes);
  return { keys, emails: emailKeys(keys), shownNameKey: shownNameKey(userStateOf(attributes)) };
}

/** The folded name under which groups show a user among their members. */
export const shownNameKey = (names: { userName: string; displayName: string | null }): string =>
  foldCase(names.displayName ?? names.userName);

/** A row as events tell it. */
export function stateOf(row: UserStateRow, deleted = false): UserState {
  return {
    userId: row.id,
    userName: row.user_name,
    displayName: row.display_name,
    externalId: row.external_id,
    active: row.active && !deleted,
    deleted,
    deactivations: row.deactivations,
    version: row.version,
  };
}

/** A row with its profile, as events publish it. */
export function userProfile(
  row: UserStateRow & { attributes: ScimAttributes },
  marks: MarkedAttributes,
  deleted = false,
): UserProfile {
  const attributes = deleted ? {} : profileOf(row.attributes, marks);
  return { ...stateOf(row, deleted), attributes, attributesVersion: marks.version };
}

/** A row as commands answer it. */
export function recordOf(row: UserRow, groups: UserRecord['groups']): UserRecord {
  return {
    id: row.id,
    attributes: row.attributes,
    active: row.active,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    lastModifiedAt: row.last_modified_at.toISOString(),
    groups,
  };
}

/** The part of a row that a write decides. */
export function contentOf(row: UserRow): UserContent {
  return {
    attributes: row.attributes,
    active: row.active,
    deactivations: row.deactivations,
    deactivatedReceivedAt: row.deactivated_received_at,
  };
}
