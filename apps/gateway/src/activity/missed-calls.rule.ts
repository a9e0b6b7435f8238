import { type Operation } from './operation.rule.js';

/** The operation of a call on an object, which it names by its id, a hash of its name, or both. */
export interface CallOnObject {
  /** UUIDv7: a later call has a higher id. */
  id: string;
  operation: Operation;
  resourceType: string | null;
  targetId: string | null;
  /** In hexadecimal. */
  nameHash: string | null;
}

export interface MissedCount {
  /** Users and groups with missed calls; a write whose object is unknown counts as one. */
  objects: number;
  /** Id of the oldest missed call. */
  oldest: string;
}

export const WRITES: readonly Operation[] = ['create', 'replace', 'patch', 'delete'];
const READS: readonly Operation[] = ['get', 'list', 'search'];

/**
 * A refused call is repeated by a later write on its object: the same operation or a deletion. After a refused read, a client
 * sends no write, and the read does not show which, so any write repeats it.
 * @param refused the calls refused while the integration was disabled, oldest first
 * @param writes the newest successful write of each operation on each object
 * @returns the count of the calls that were not repeated; undefined without any
 */
export function missedOf(refused: readonly CallOnObject[], writes: readonly CallOnObject[]): MissedCount | undefined {
  const newest = new Map<string, string>();
  for (const write of writes)
    for (const object of objectsOf(write)) {
      const key = `${write.operation} ${object}`;
      if (write.id > (newest.get(key) ?? '')) newest.set(key, write.id);
    }
  const isRepeated = ({ id, operation, ...call }: CallOnObject) => {
    const operations = READS.includes(operation) ? WRITES : [operation, 'delete'];
    return objectsOf(call).some((object) => operations.some((each) => (newest.get(`${each} ${object}`) ?? '') > id));
  };
  const missed = refused.filter((call) => !isRepeated(call));
  if (missed.length === 0) return undefined;
  return { objects: new Set(missed.map((call) => objectsOf(call)[0] ?? call.id)).size, oldest: missed[0]!.id };
}

/** @returns keys of the object of a call; none when it is unknown */
function objectsOf({ resourceType, targetId, nameHash }: Omit<CallOnObject, 'id' | 'operation'>): string[] {
  return [...(targetId === null ? [] : [targetId]), ...(nameHash === null ? [] : [`${resourceType} ${nameHash}`])];
}
