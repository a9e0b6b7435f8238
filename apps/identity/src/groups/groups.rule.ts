import {
  type Cause,
  type GroupMembersChanged,
  type GroupRecord,
  type GroupState,
  isId,
  type MemberRecord,
} from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type Dialect, foldCase, type MembersById, type ScimAttributes, ScimError, tolerates } from '@tidegate/scim';
import { type GroupRow, type GroupStateRow } from './group.entity.js';
import { type MemberDifference, type MemberEffect } from './member-difference.js';

/** The maximum number of members in a record. `groups.members` reads the others. */
export const SHOWN_MEMBERS = 500;
/** The maximum number of member changes in one event. */
const CHUNK = 500;
/** The number of such events written in one statement. */
const CHUNKS_AT_ONCE = 4;

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
 * The events of one new version of a group, in batches to be written one after the other. Member changes are split into
 * chunks of one `group.members.changed` each. These events contain the name too, so `group.renamed` is published only
 * when no member changed.
 */
export function* eventsOf(
  row: GroupRow,
  differences: readonly MemberDifference[],
  cause: Cause,
): Generator<NewEvent[]> {
  if (differences.length === 0) yield [{ ...envelopeOf(row, cause), name: 'group.renamed', data: stateOf(row) }];
  for (let first = 0; first * CHUNK < differences.length; first += CHUNKS_AT_ONCE) {
    const end = (first + CHUNKS_AT_ONCE) * CHUNK;
    const of = Math.ceil(differences.length / CHUNK);
    yield memberEvents(row, differences.slice(first * CHUNK, end), cause, { first, of });
  }
}

/**
 * The `group.members.changed` events for member changes, one for each chunk.
 * @param place.first the number of the first chunk; above 0 when earlier chunks were already published
 * @param place.more whether more chunks follow
 * @param place.of the total number of chunks, if known
 */
export function memberEvents(
  row: GroupRow,
  differences: readonly MemberDifference[],
  cause: Cause,
  { first = 0, more = false, of }: { first?: number; more?: boolean; of?: number } = {},
): NewEvent[] {
  const envelope = envelopeOf(row, cause);
  const state = stateOf(row);
  const count = Math.ceil(differences.length / CHUNK);
  const chunks = of ?? first + count + (more ? 1 : 0);
  return Array.from({ length: count }, (_, i) => {
    const chunkChanges = changesOf(differences.slice(i * CHUNK, (i + 1) * CHUNK));
    return {
      ...envelope,
      name: 'group.members.changed',
      data: { ...state, ...chunkChanges, chunk: first + i, chunks },
    };
  });
}

const envelopeOf = ({ integrationId, id: subject, version }: GroupRow, cause: Cause) => {
  return { integrationId, subject, version, ...cause };
};

/** Converts member changes to event data: users and groups separately, `groupChanges` only if there are any. */
function changesOf(differences: readonly MemberDifference[]): Pick<GroupMembersChanged, 'changes' | 'groupChanges'> {
  const those = (wanted: MemberDifference['type']) => differences.filter(({ type }) => type === wanted);
  const groupChanges = those('Group').map(({ id, present }) => ({ groupId: id, present }));
  return {
    changes: those('User').map(({ id, present }) => ({ userId: id, present })),
    ...(groupChanges.length > 0 ? { groupChanges } : {}),
  };
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
