import {
  type BulkLedger,
  type BulkOperation,
  type BulkOutcome,
  type BulkStep,
  type BulkWork,
  patchBody,
  type PatchOperation,
  referencesIn,
  resolveReferences,
  type ResourceTypes,
  scimErrorBody,
  splitBody,
} from '@tidegate/scim';
import { scimErrorOf } from './scim-error.js';

const LATE = 'The bulk request timed out.';
const NOT_ATTEMPTED = scimErrorBody('tooManyRequests', `Not attempted. ${LATE} Retry the operation.`);

/** Runs the steps of one bulk request and records their results in the ledger. */
export class BulkRun {
  /** PATCH operations by create, deferred until the resources they reference exist. */
  private readonly deferred = new Map<number, PatchOperation[]>();

  /**
   * @param deadlineAt milliseconds since 1970; no operation starts afterwards
   * @param perform runs an operation whose references are resolved; throws when it fails
   */
  constructor(
    private readonly operations: readonly BulkOperation[],
    private readonly ledger: BulkLedger,
    private readonly types: ResourceTypes,
    private readonly deadlineAt: number,
    private readonly perform: (work: BulkWork) => Promise<BulkOutcome>,
  ) {}

  /** Does not throw: errors are recorded as result of the operation. */
  async runStep({ index, ...step }: BulkStep): Promise<void> {
    const operation = this.operations[index]!;
    if (operation.refusal) this.ledger.fail(index, scimErrorOf(operation.refusal));
    else if (step.kind === 'run') await this.run(index, operation, step.later);
    else if (this.deferred.has(index)) await this.complete(index, operation, this.deferred.get(index)!);
  }

  private async run(index: number, work: BulkWork, later: ReadonlySet<string>): Promise<void> {
    if (this.isLate()) return this.ledger.fail(index, NOT_ATTEMPTED);
    try {
      const { now, then } = splitBody(this.types[work.address.type], work.body, later);
      this.ledger.succeed(index, await this.perform(this.resolved({ ...work, ...(now ? { body: now } : {}) })));
      if (then.length === 0) return;
      this.deferred.set(index, then);
      this.ledger.lack(index, bulkIdsOf(then));
    } catch (error) {
      this.ledger.fail(index, scimErrorOf(error));
    }
  }

  /** Applies the deferred part of a create, as far as the referenced resources exist. */
  private async complete(index: number, { bulkId = '', address }: BulkWork, rest: PatchOperation[]): Promise<void> {
    const isReady = (operation: PatchOperation) => bulkIdsOf([operation]).every((id) => this.ledger.has(id));
    const ready = rest.filter(isReady);
    const unresolved = rest.filter((operation) => !isReady(operation));
    if (this.isLate()) return this.ledger.failToComplete(index, bulkIdsOf(rest), LATE);
    try {
      if (ready.length > 0) {
        const id = this.ledger.idOf(bulkId);
        const patch = this.resolved({ method: 'PATCH', address: { ...address, id }, body: patchBody(ready) });
        this.ledger.complete(index, await this.perform(patch));
      }
      if (unresolved.length > 0)
        this.ledger.failToComplete(index, bulkIdsOf(unresolved), 'The referenced resource was not created.');
    } catch (error) {
      const { status, detail } = scimErrorOf(error);
      const reason = status === '429' ? 'The update timed out and may still have been applied.' : detail;
      this.ledger.failToComplete(index, bulkIdsOf(rest), reason);
    }
  }

  /** @returns the work with references replaced by ids. @throws ScimError when a referenced resource does not exist */
  private resolved(work: BulkWork): BulkWork {
    const { address, body } = work;
    const id = address.id && resolveReferences(address.id, this.ledger.idOf);
    return {
      ...work,
      address: { ...address, ...(id ? { id } : {}) },
      ...(body ? { body: resolveReferences(body, this.ledger.idOf) } : {}),
    };
  }

  private isLate(): boolean {
    return Date.now() >= this.deadlineAt;
  }
}

const bulkIdsOf = (operations: readonly PatchOperation[]): string[] => [
  ...new Set(operations.flatMap(({ value = null }) => [...referencesIn(value)])),
];
