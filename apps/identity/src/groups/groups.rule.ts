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
import { type GroupRow, type MemberDifference, type MemberEffect } from './group.row.js';

/** How many members a record shows at most; the rest is read by `groups.members`. */
export const SHOWN_MEMBERS = 500;
/** How many differences travel in one event. */
const CHUNK = 500;
/** How many such events are written at once. */
const CHUNKS_AT_ONCE = 4;

/** What a write wants of the members: some added and some removed, or exactly these. Ids without duplicates. */
export type MembersWanted =
  { kind: 'difference'; add: string[]; remove: string[] } | { kind: 'exactly'; ids: string[] };

/** Splits a body into what the group's row holds and the ids of the members, which may be told as objects, as ids, or as one text of ids with commas. */
export function splitMembers({ members, ...attributes }: ScimAttributes): {
  attributes: ScimAttributes;
  ids: string[];
} {
  if (typeof members === 'string') return { attributes, ids: members === '' ? [] : members.split(',') };
  const values = Array.isArray(members) ? members : [];
  const ids = values.map((member) => (typeof member === 'string' ? member : (member as { value?: unknown }).value));
  return { attributes, ids: ids.filter((id): id is string => typeof id === 'string') };
}

/** What many changes of members come to when they are made one after the other. What cannot be an id is left out. */
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
 * Holds a write of members to what came of it, where the dialect asks for that: whoever is added is known, and each
 * removal meets somebody, be it somebody whom the same write adds (RFC 7644 §3.5.2.2, §3.12 noTarget).
 * @throws ScimError invalidValue, noTarget
 */
export function expectEffect(dialect: Dialect, changes: readonly MembersById[], { changed, unknown }: MemberEffect) {
  // What the dialect asks nothing of is not looked through: it may be a hundred thousand ids.
  if (tolerates(dialect, 'unknownMembers') && tolerates(dialect, 'removeOfNothing')) return;
  const given = changes.filter(({ kind }) => kind !== 'remove').flatMap(({ ids }) => ids);
  if (!tolerates(dialect, 'unknownMembers') && (unknown.length > 0 || !given.every(isId)))
    throw new ScimError('invalidValue', '"members" names what is no user and no group here.');
  if (tolerates(dialect, 'removeOfNothing')) return;
  if (!changes.some(({ kind }) => kind === 'remove')) return;
  const met = new Set([...given, ...changed.filter(({ present }) => !present).map(({ id }) => id)]);
  if (changes.some(({ kind, ids }) => kind === 'remove' && !ids.some((id) => met.has(id))))
    throw new ScimError('noTarget', 'The path means no value of "members".');
}

/** The names that rows keep beside the attributes, to be shown, compared and searched. */
export function namesOf({ displayName, externalId }: ScimAttributes) {
  const shown = typeof displayName === 'string' ? displayName : '';
  return {
    displayName: shown,
    displayNameKey: foldCase(shown),
    externalId: typeof externalId === 'string' ? externalId : null,
  };
}

/** A row as events tell it. */
export function stateOf(
  row: Pick<GroupRow, 'id' | 'display_name' | 'external_id' | 'synced' | 'sync_version' | 'version'>,
  deleted = false,
): GroupState {
  return {
    groupId: row.id,
    displayName: row.display_name,
    externalId: row.external_id,
    deleted,
    synced: row.synced,
    syncVersion: row.sync_version,
    version: row.version,
  };
}

/**
 * The events of one new version, in portions that are written one after the other: who came and went, in chunks; they
 * carry the new name too, so `group.renamed` is told
 * only where no member changed.
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
 * Differences of members in chunks.
 * @param place.first the number of the first chunk, where others were told before
 * @param place.more whether others follow
 * @param place.of how many chunks there are together, where that is known
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
    const told = changesOf(differences.slice(i * CHUNK, (i + 1) * CHUNK));
    return { ...envelope, name: 'group.members.changed', data: { ...state, ...told, chunk: first + i, chunks } };
  });
}

const envelopeOf = ({ integration_id: integrationId, id: subject, version }: GroupRow, cause: Cause) => {
  return { integrationId, subject, version, ...cause };
};

/** Differences as events tell them: users and groups apart, groups only where there are some. */
function changesOf(differences: readonly MemberDifference[]): Pick<GroupMembersChanged, 'changes' | 'groupChanges'> {
  const those = (wanted: MemberDifference['type']) => differences.filter(({ type }) => type === wanted);
  const groupChanges = those('Group').map(({ id, present }) => ({ groupId: id, present }));
  return {
    changes: those('User').map(({ id, present }) => ({ userId: id, present })),
    ...(groupChanges.length > 0 ? { groupChanges } : {}),
  };
}

/** The first members of a group, and the cursor for the rest: read one more than is shown to know of it. */
export function memberPage(found: MemberRecord[], limit: number): { items: MemberRecord[]; nextMember: string | null } {
  const items = found.slice(0, limit);
  return { items, nextMember: found.length > limit ? items.at(-1)!.id : null };
}

/** A row as commands answer it. */
export function recordOf(row: GroupRow, members: MemberRecord[], nextMember: string | null): GroupRecord {
  return {
    id: row.id,
    attributes: row.attributes,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    lastModifiedAt: row.last_modified_at.toISOString(),
    members,
    nextMember,
    synced: row.synced,
  };
}
