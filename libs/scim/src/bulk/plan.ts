import { type JsonValue } from '../json.js';
import { type BulkOperation } from './message.js';
import { referencesIn } from './references.js';

/**
 * One step of a bulk request. `run` executes the operation; a create omits the values that refer to `later`. `complete`
 * adds those values to the created resource.
 */
export type BulkStep = { kind: 'run'; index: number; later: ReadonlySet<string> } | { kind: 'complete'; index: number };

/**
 * Orders the operations: the order of the request, except that a create moves before the operations that refer to it. When
 * creates refer to each other in a circle, one of them runs without its reference and is completed once the others exist
 * (RFC 7644 §3.7.1).
 */
export function planBulk(operations: readonly BulkOperation[]): BulkStep[] {
  const creates = createsOf(operations);
  const steps: BulkStep[] = [];
  const states: ('open' | 'done' | undefined)[] = operations.map(() => undefined);
  let openCreates = 0;
  let incomplete: BulkStep[] = [];

  // The recursion is at most as deep as the number of operations.
  const visit = (index: number): void => {
    const operation = operations[index]!;
    const isCreate = operation.method === 'POST';
    states[index] = 'open';
    if (isCreate) openCreates++;
    const later = new Set<string>();
    for (const bulkId of referencesOf(operation)) {
      const needed = creates.get(bulkId);
      if (needed === undefined) continue;
      if (states[needed] === 'open') later.add(bulkId);
      else if (states[needed] === undefined) visit(needed);
    }
    states[index] = 'done';
    steps.push({ kind: 'run', index, later });
    if (later.size > 0) incomplete.push({ kind: 'complete', index });
    if (isCreate && --openCreates === 0) {
      steps.push(...incomplete);
      incomplete = [];
    }
  };

  operations.forEach((_, index) => {
    if (states[index] === undefined) visit(index);
  });
  return steps;
}

/** @returns the index of the create of each bulkId */
export function createsOf(operations: readonly BulkOperation[]): Map<string, number> {
  return new Map(
    operations.flatMap(({ method, bulkId }, index) =>
      method === 'POST' && bulkId !== undefined ? [[bulkId, index] as const] : [],
    ),
  );
}

function referencesOf(operation: BulkOperation): Set<string> {
  if (operation.refusal) return new Set();
  const values: JsonValue[] = [operation.address.id ?? null, operation.body ?? null];
  return referencesIn(values);
}
