import { ScimError, type ScimErrorBody, scimErrorBody } from '../errors.js';
import { type ScimAttributes } from '../json.js';
import { type ResourceTypes } from '../schema/profile.js';
import { type BulkOperation } from './message.js';
import { createsOf } from './plan.js';

const BULK_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

/** The outcome of an operation that succeeded. */
export type BulkOutcome = { status: number; location?: string; version?: string };
type Entry = BulkOutcome & { response?: ScimErrorBody };

/** The outcome of an operation, with its index in the request. */
export type BulkResult = Entry & { index: number };

/** Most bulkIds that one error names: a request can have thousands of references in each of a thousand operations. */
const NAMED = 3;

/** Records the outcome of each operation of a bulk request, and resolves bulkIds to the ids of created resources. */
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

  /** Whether the create with that bulkId succeeded. */
  has(bulkId: string): boolean {
    return this.ids.has(bulkId);
  }

  /**
   * @returns the id of the resource created under the bulkId
   * @throws ScimError invalidValue when no create has the bulkId, unresolved when that create failed, tooManyRequests when
   *   that create was rate limited and can be retried
   */
  readonly idOf = (bulkId: string): string => {
    const id = this.ids.get(bulkId);
    if (id !== undefined) return id;
    const create = this.creates.get(bulkId);
    if (create === undefined)
      throw new ScimError('invalidValue', `"${named([bulkId])}" does not match any POST in this request.`);
    const code = this.entries.get(create)?.status === 429 ? 'tooManyRequests' : 'unresolved';
    throw new ScimError(code, `Not attempted, because ${named([bulkId])} was not created.`);
  };

  /** Records a success. References to the bulkId of a create resolve from now on. */
  succeed(index: number, { status, location, version }: BulkOutcome): void {
    const { method, bulkId } = this.operations[index]!;
    if (method === 'POST' && bulkId !== undefined && location !== undefined)
      this.ids.set(bulkId, location.slice(location.lastIndexOf('/') + 1));
    const at = location ?? this.locationOf(index);
    this.entries.set(index, { status, ...(at ? { location: at } : {}), ...(version ? { version } : {}) });
  }

  /** Records a failure, or an operation that was not attempted, with the error for the client. */
  fail(index: number, response: ScimErrorBody): void {
    const location = this.locationOf(index);
    this.failures++;
    this.entries.set(index, { status: Number(response.status), ...(location ? { location } : {}), response });
  }

  /**
   * Records a create that lacks some of its references. Until `complete` is called, the response reports a 409: the
   * resource exists but differs from the request.
   */
  lack(index: number, bulkIds: readonly string[], reason = 'The request ended first.'): void {
    const detail = `Created without the reference to ${named(bulkIds)}. ${reason} Add the reference with a PATCH.`;
    this.entries.set(index, {
      ...this.entries.get(index)!,
      status: 409,
      response: scimErrorBody('unresolved', detail),
    });
  }

  /** Records that the missing references were added. */
  complete(index: number, { version }: BulkOutcome): void {
    const { response: _error, ...entry } = this.entries.get(index)!;
    this.entries.set(index, { ...entry, status: 201, ...(version ? { version } : {}) });
  }

  /** Records that the missing references could not be added. */
  failToComplete(index: number, bulkIds: readonly string[], reason: string): void {
    this.failures++;
    this.lack(index, bulkIds, reason);
  }

  /** The outcomes of the attempted operations, in the order of the request. */
  outcomes(): BulkResult[] {
    return this.operations.flatMap((_, index) => {
      const entry = this.entries.get(index);
      return entry ? [{ index, ...entry }] : [];
    });
  }

  /** The BulkResponse: the attempted operations in the order of the request (RFC 7644 §3.7.3). */
  response(): ScimAttributes {
    const operations = this.outcomes().map(({ index, status, location, version, response }): ScimAttributes => {
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
    return { schemas: [BULK_RESPONSE_URN], Operations: operations };
  }

  /** The URL of the resource; undefined for creates and for references that have no id. */
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
