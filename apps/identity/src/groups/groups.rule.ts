import { type GroupRecord, type GroupState, isId, type MemberRecord } from '@tidegate/contracts';
import { type Dialect, foldCase, type MembersById, type ScimAttributes, ScimError, tolerates } from '@tidegate/scim';
import { type GroupRow, type GroupStateRow } from './group.entity.js';
import { type MemberEffect } from './member-difference.js';

/** The maximum number of members in a record. `groups.members` reads the others. */
export const SHOWN_MEMBERS = 500;

/** The member changes that a write requests: members to add and remove, or the exact list. Ids without duplicates. */
export type MembersWanted =
  { kind: 'difference'; add: string[]; remove: string[] } | { kind: 'exactly'; ids: string[] };

/**
 * Splits the attributes of a group into those that its row stores and the ids of its members.
 * @param members an array of `{value}` objects or of ids, or one string of ids separated by commas
 */
export function splitMembers({ members, ...attributes }: ScimAttributes): {
  attributes: ScimAttributes;
  ids: string[];
} {
  if (typeof members === 'string') return { attributes, ids: members === '' ? [] : members.split(',') };
  const values = Array.isArray(members) ? members : [];
  const ids = values.map((member) => (typeof member === 'string' ? member : (member as { value?: unknown }).value));
  return { attributes, ids: ids.filter((id): id is string => typeof id === 'string') };
}

/** Combines member changes that are applied in order into their net result. Invalid ids are ignored. */
export function netMembers(changes: readonly MembersById[]): MembersWanted {
  const [only, ...others] = changes;
  if (only && others.length === 0) return netOfOne(only);
  const present = new Map<string, boolean>();
  let exactly = false;
  for (const { kind, ids } of changes) {
    if (kind === 'replace') {
      exactly = true;
      present.clear();
    }
    for (const id of ids) if (isId(id)) present.set(id, kind !== 'remove');
  }
  const those = (wanted: boolean) => [...present].filter(([, is]) => is === wanted).map(([id]) => id);
  return exactly
    ? { kind: 'exactly', ids: those(true) }
    : { kind: 'difference', add: those(true), remove: those(false) };
}

function netOfOne({ kind, ids: given }: MembersById): MembersWanted {
  const ids = given.filter(isId);
  if (kind === 'replace') return { kind: 'exactly', ids };
  return { kind: 'difference', add: kind === 'add' ? ids : [], remove: kind === 'remove' ? ids : [] };
}

/**
 * Checks the result of a change of members, as far as the dialect requires it: every member to add exists, and every
 * removal matches a member or an id that the same write adds (RFC 7644 §3.5.2.2, §3.12 noTarget).
 * @throws ScimError invalidValue for an unknown member, noTarget for a removal without a match
 */
export function expectEffect(dialect: Dialect, changes: readonly MembersById[], { changed, unknown }: MemberEffect) {
  // Return early if the dialect requires nothing: there can be 100,000 ids.
  if (tolerates(dialect, 'unknownMembers') && tolerates(dialect, 'removeOfNothing')) return;
  const given = changes.filter(({ kind }) => kind !== 'remove').flatMap(({ ids }) => ids);
  if (!tolerates(dialect, 'unknownMembers') && (unknown.length > 0 || !given.every(isId)))
    throw new ScimError('invalidValue', '"members" contains an id of no user and no group.');
  if (tolerates(dialect, 'removeOfNothing')) return;
  if (!changes.some(({ kind }) => kind === 'remove')) return;
  const matched = new Set([...given, ...changed.filter(({ present }) => !present).map(({ id }) => id)]);
  if (changes.some(({ kind, ids }) => kind === 'remove' && !ids.some((id) => matched.has(id))))
    throw new ScimError('noTarget', 'The path matches no value of "members".');
}

/** The names that a row stores in columns, for display, comparison and search. */
export function namesOf({ displayName, externalId }: ScimAttributes) {
  const name = typeof displayName === 'string' ? displayName : '';
  return {
    displayName: name,
    displayNameKey: foldCase(name),
    externalId: typeof externalId === 'string' ? externalId : null,
  };
}

/** Converts a row to the state that events contain. */
export function stateOf(row: GroupStateRow, deleted = false): GroupState {
  const { id: groupId, displayName, externalId, synced, syncVersion, version } = row;
  return { groupId, displayName, externalId, deleted, synced, syncVersion, version };
}

/**
 * A page of members and the cursor for the next page.
 * @param found the members read, up to one more than the limit
 */
export function memberPage(found: MemberRecord[], limit: number): { items: MemberRecord[]; nextMember: string | null } {
  const items = found.slice(0, limit);
  return { items, nextMember: found.length > limit ? items.at(-1)!.id : null };
}

/** Converts a row to the record that commands return. */
export function recordOf(row: GroupRow, members: MemberRecord[], nextMember: string | null): GroupRecord {
  return {
    id: row.id,
    attributes: row.attributes,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    lastModifiedAt: row.lastModifiedAt.toISOString(),
    members,
    nextMember,
    synced: row.synced,
  };
}
