import { type BulkLedger, type BulkOperation } from '@tidegate/scim';
import { type BulkNote, type Target } from '../activity/entry.js';
import { bulkAct } from '../activity/operation.rule.js';
import { targetOfRequest } from '../activity/target.rule.js';

/** Collects details for the provisioning log about the operations of one bulk request, which run one after the other. */
export class BulkNotes {
  private readonly measured = new Map<number, { durationMs: number; target?: Target | undefined }>();
  private target: Target | undefined;

  /** Runs and measures one step of an operation; some operations have two. */
  async measure(index: number, step: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    this.target = this.measured.get(index)?.target;
    await step();
    const durationMs = (this.measured.get(index)?.durationMs ?? 0) + performance.now() - startedAt;
    this.measured.set(index, { durationMs, target: this.target });
  }

  /** Sets the resource of the current step. */
  setTarget(target: Target | undefined): void {
    this.target = target ?? this.target;
  }

  /** @returns the result of each operation that was attempted or refused */
  results(operations: readonly BulkOperation[], ledger: BulkLedger): BulkNote[] {
    return ledger.outcomes().map(({ index, status, location, response: error }) => {
      const { method, address, ...operation } = operations[index]!;
      const act = bulkAct(method, address?.type);
      const body = 'body' in operation ? operation.body : undefined;
      const { durationMs = 0, target } = this.measured.get(index) ?? {};
      const fallback = targetOfRequest(act.resourceType, location?.slice(location.lastIndexOf('/') + 1), body);
      return { ...act, status, durationMs, error, target: target ?? fallback };
    });
  }
}
