import { type BulkLedger, type BulkOperation } from '@tidegate/scim';
import { type BulkNote, type Target } from '../activity/entry.js';
import { bulkAct } from '../activity/operation.rule.js';
import { targetOfRequest } from '../activity/target.rule.js';

/** What the provisioning log is to know of the operations of one bulk request, which are done one after the other. */
export class BulkNotes {
  private readonly kept = new Map<number, { durationMs: number; target?: Target | undefined }>();
  private target: Target | undefined;

  /** Measures one step of an operation; some take two. */
  async during(index: number, step: () => Promise<void>): Promise<void> {
    const began = performance.now();
    this.target = this.kept.get(index)?.target;
    await step();
    const durationMs = (this.kept.get(index)?.durationMs ?? 0) + performance.now() - began;
    this.kept.set(index, { durationMs, target: this.target });
  }

  /** Says what the step under way was about. */
  about(target: Target | undefined): void {
    this.target = target ?? this.target;
  }

  /** What became of each operation that was attempted or refused. */
  tell(operations: readonly BulkOperation[], ledger: BulkLedger): BulkNote[] {
    return ledger.outcomes().map(({ index, status, location, response: error }) => {
      const { method, address, ...operation } = operations[index]!;
      const act = bulkAct(method, address?.type);
      const body = 'body' in operation ? operation.body : undefined;
      const { durationMs = 0, target } = this.kept.get(index) ?? {};
      const asked = targetOfRequest(act.resourceType, location?.slice(location.lastIndexOf('/') + 1), body);
      return { ...act, status, durationMs, error, target: target ?? asked };
    });
  }
}
