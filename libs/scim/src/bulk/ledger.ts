import { ScimError, type ScimErrorBody, scimErrorBody } from '../errors.js';
import { type ScimAttributes } from '../json.js';
import { type ResourceTypes } from '../schema/profile.js';
import { type BulkOperation } from './message.js';
import { createsOf } from './plan.js';

const BULK_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** What became of an operation that succeeded. */
export type BulkOutcome = { status: number; location?: string; version?: string };
type Entry = BulkOutcome & { response?: ScimErrorBody };

/** What became of an operation, by its place in the request. */
export type BulkResult = Entry & { index: number };

/** So many bulkIds a sentence names; thousands could be in each of a thousand. */
const NAMED = 3;

/** Keeps what became of each operation of a bulk request, and so knows what their references stand for. */
export class BulkLedger {
  private readonly entries = new Map<number, Entry>();
  private readonly creates: ReadonlyMap<string, number>;
  private readonly ids = new Map<string, string>();
  private failures = 0;

  /** @param baseUrl of the integration's SCIM endpoint, without a slash at its end */
  constructor(
    private readonly operations: readonly BulkOperation[],
    private readonly types: ResourceTypes,
    private readonly baseUrl: string,
  ) {
    this.creates = createsOf(operations);
  }

  /** How many operations failed. */
  get errors(): number {
    return this.failures;
  }

  /** Whether a create of that bulkId was made. */
  has(bulkId: string): boolean {
    return this.ids.has(bulkId);
  }

  /**
   * @returns the id of what was created under the bulkId
   * @throws ScimError invalidValue when no create has it, unresolved when that one failed, tooManyRequests when it may be
   *   repeated, for then this one may be too
   */
  readonly idOf = (bulkId: string): string => {
    const id = this.ids.get(bulkId);
    if (id !== undefined) return id;
    const create = this.creates.get(bulkId);
    if (create === undefined)
      throw new ScimError('invalidValue', `No POST of this request has the bulkId of "${named([bulkId])}".`);
    const code = this.entries.get(create)?.status === 429 ? 'tooManyRequests' : 'unresolved';
    throw new ScimError(code, `Not attempted, because ${named([bulkId])} was not created.`);
  };

  /** An operation succeeded; of a create, what refers to it can be resolved from now on. */
  succeed(index: number, { status, location, version }: BulkOutcome): void {
    const { method, bulkId } = this.operations[index]!;
    if (method === 'POST' && bulkId !== undefined && location !== undefined)
      this.ids.set(bulkId, location.slice(location.lastIndexOf('/') + 1));
    const at = location ?? this.locationOf(index);
    this.entries.set(index, { status, ...(at ? { location: at } : {}), ...(version ? { version } : {}) });
  }

  /** An operation failed, or was not attempted for a reason that the client is told. */
  fail(index: number, response: ScimErrorBody): void {
    const location = this.locationOf(index);
    this.failures++;
    this.entries.set(index, { status: Number(response.status), ...(location ? { location } : {}), response });
  }

  /**
   * A create was made without some of its references. Until they are added this is what the client hears of it: the
   * resource is there, and is not what was asked for.
   */
  lack(index: number, bulkIds: readonly string[], reason = 'The request ended before.'): void {
    const detail = `Created, but without its reference to ${named(bulkIds)}. ${reason} Add it with a PATCH.`;
    this.entries.set(index, {
      ...this.entries.get(index)!,
      status: 409,
      response: scimErrorBody('unresolved', detail),
    });
  }

  /** What was lacking has been added. */
  complete(index: number, { version }: BulkOutcome): void {
    const { response: _told, ...entry } = this.entries.get(index)!;
    this.entries.set(index, { ...entry, status: 201, ...(version ? { version } : {}) });
  }

  /** What was lacking could not be added. */
  failToComplete(index: number, bulkIds: readonly string[], reason: string): void {
    this.failures++;
    this.lack(index, bulkIds, reason);
  }

  /** What became of the operations that were attempted, in the order of the request. */
  outcomes(): BulkResult[] {
    return this.operations.flatMap((_, index) => {
      const entry = this.entries.get(index);
      return entry ? [{ index, ...entry }] : [];
    });
  }

  /** The BulkResponse: what was attempted, in the order of the request (RFC 7644 §3.7.3). */
  response(): ScimAttributes {
    const told = this.outcomes().map(({ index, status, location, version, response }): ScimAttributes => {
      const { method, bulkId } = this.operations[index]!;
      return {
        ...(method ? { method } : {}),
        ...(bulkId === undefined ? {} : { bulkId }),
        ...(version === undefined ? {} : { version }),
        ...(location === undefined ? {} : { location }),
        status: String(status),
        ...(response ? { response } : {}),
      };
    });
    return { schemas: [BULK_RESPONSE_URN], Operations: told };
  }

  /** Where the resource is, or would be; undefined for creates and for what refers to nothing that exists. */
  private locationOf(index: number): string | undefined {
    const { address } = this.operations[index]!;
    const [, bulkId] = /^bulkId:(.+)$/is.exec(address?.id ?? '') ?? [];
    const id = bulkId === undefined ? address?.id : this.ids.get(bulkId);
    return address && id && `${this.baseUrl}${this.types[address.type].endpoint}/${encodeURIComponent(id)}`;
  }
}

function named(bulkIds: readonly string[]): string {
  const shown = bulkIds.slice(0, NAMED).map((bulkId) => `bulkId:${bulkId}`);
  const more = bulkIds.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
