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

const LATE = 'The time for this request was over before.';
const NOT_BEGUN = scimErrorBody('tooManyRequests', `Not attempted. ${LATE} Send this operation again.`);

/** One bulk request under way: takes the steps of its plan and enters in the ledger what became of them. */
export class BulkJob {
  /** By create: what was left out of it, until what it refers to is there. */
  private readonly rests = new Map<number, PatchOperation[]>();

  /**
   * @param deadlineAt milliseconds since 1970: from then on nothing is begun
   * @param perform does an operation that refers to nothing any more; throws when that fails
   */
  constructor(
    private readonly operations: readonly BulkOperation[],
    private readonly ledger: BulkLedger,
    private readonly types: ResourceTypes,
    private readonly deadlineAt: number,
    private readonly perform: (work: BulkWork) => Promise<BulkOutcome>,
  ) {}

  /** Does not throw: what fails is told of the operation. */
  async take({ index, ...step }: BulkStep): Promise<void> {
    const operation = this.operations[index]!;
    if (operation.refusal) this.ledger.fail(index, scimErrorOf(operation.refusal));
    else if (step.kind === 'run') await this.run(index, operation, step.later);
    else if (this.rests.has(index)) await this.complete(index, operation, this.rests.get(index)!);
  }

  private async run(index: number, work: BulkWork, later: ReadonlySet<string>): Promise<void> {
    if (this.isLate()) return this.ledger.fail(index, NOT_BEGUN);
    try {
      const { now, then } = splitBody(this.types[work.address.type], work.body, later);
      this.ledger.succeed(index, await this.perform(this.resolved({ ...work, ...(now ? { body: now } : {}) })));
      if (then.length === 0) return;
      this.rests.set(index, then);
      this.ledger.lack(index, bulkIdsOf(then));
    } catch (error) {
      this.ledger.fail(index, scimErrorOf(error));
    }
  }

  /** Adds to a resource what could not be there when it was created, as far as that has been created since. */
  private async complete(index: number, { bulkId = '', address }: BulkWork, rest: PatchOperation[]): Promise<void> {
    const isReady = (operation: PatchOperation) => bulkIdsOf([operation]).every((id) => this.ledger.has(id));
    const ready = rest.filter(isReady);
    const lost = rest.filter((operation) => !isReady(operation));
    if (this.isLate()) return this.ledger.failToComplete(index, bulkIdsOf(rest), LATE);
    try {
      if (ready.length > 0) {
        const id = this.ledger.idOf(bulkId);
        const patch = this.resolved({ method: 'PATCH', address: { ...address, id }, body: patchBody(ready) });
        this.ledger.complete(index, await this.perform(patch));
      }
      if (lost.length > 0) this.ledger.failToComplete(index, bulkIdsOf(lost), 'That was not created.');
    } catch (error) {
      const { status, detail } = scimErrorOf(error);
      const reason = status === '429' ? 'There was no answer in time, so it may be there after all.' : detail;
      this.ledger.failToComplete(index, bulkIdsOf(rest), reason);
    }
  }

  /** @throws ScimError when something it refers to is not there */
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
