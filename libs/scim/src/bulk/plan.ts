import { type JsonValue } from '../json.js';
import { type BulkOperation } from './message.js';
import { referencesIn } from './references.js';

/**
 * One step of a bulk request. `run` tries the operation, a create without the values that refer to `later`; `complete`
 * adds those values to what it created.
 */
export type BulkStep = { kind: 'run'; index: number; later: ReadonlySet<string> } | { kind: 'complete'; index: number };

/**
 * The order in which to go about the operations: that of the request, but a create is brought forward to before what
 * refers to it. Where creates refer to one another in a circle, one of them is made without its reference and completed
 * as soon as the circle is closed (RFC 7644 §3.7.1).
 */
export function planBulk(operations: readonly BulkOperation[]): BulkStep[] {
  const creates = createsOf(operations);
  const steps: BulkStep[] = [];
  const states: ('open' | 'done' | undefined)[] = operations.map(() => undefined);
  let openCreates = 0;
  let incomplete: BulkStep[] = [];

  // As deep as there are operations, at most.
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

/** @returns where the create of each bulkId stands among the operations */
export function createsOf(operations: readonly BulkOperation[]): Map<string, number> {
  return new Map(
    operations.flatMap(({ method, bulkId }, index) =>
      method === 'POST' && bulkId !== undefined ? [[bulkId, index] as const] : [],
    ),
  );
}

function referencesOf(operation: BulkOperation): Set<string> {
  if (operation.refusal) return new Set();
  const said: JsonValue[] = [operation.address.id ?? null, operation.body ?? null];
  return referencesIn(said);
}
