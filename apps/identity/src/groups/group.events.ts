import { type Cause, type GroupMembersChanged } from '@tidegate/contracts';
import { type NewEvent } from '@tidegate/database';
import { type GroupRow } from './group.entity.js';
import { type MemberDifference } from './member-difference.js';
import { stateOf } from './groups.rule.js';

/** The maximum number of member changes in one event. */
const CHUNK = 500;
/** The number of such events written in one statement. */
const CHUNKS_AT_ONCE = 4;

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
