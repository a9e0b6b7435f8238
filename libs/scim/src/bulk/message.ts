import { type Dialect } from '../dialects.js';
import { ScimError } from '../errors.js';
import { isObject, type ScimAttributes } from '../json.js';
import { resourceSteps } from '../parse.js';
import { expectMessage } from '../message-schemas.js';
import { PATCH_URN, patchSteps, type PatchOperation } from '../patch/message.js';
import { tolerates } from '../quirks.js';
import { type ResourceType } from '../schema/attribute.js';
import { type ResourceTypes } from '../schema/profile.js';
import { type BulkAddress, type BulkMethod, readAddress } from './address.js';
import { atOnce, type Steps } from '../steps.js';
import { BULK_LIMITS } from '../bulk-limits.js';

export const BULK_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

const METHODS = new Set<unknown>(['POST', 'PUT', 'PATCH', 'DELETE']);
const MAX_ID_CHARACTERS = 256;

/** A valid operation. Its id and its body may still contain bulkId references. */
export type BulkWork = {
  method: BulkMethod;
  bulkId?: string;
  address: BulkAddress;
  /** The body of the single request; absent for DELETE. */
  body?: ScimAttributes;
  /** The entity tag that the resource must have. */
  version?: string;
  refusal?: undefined;
};

/** An invalid operation, with the fields that could be read. */
type RefusedOperation = {
  refusal: ScimError;
  method?: BulkMethod;
  bulkId?: string;
  address?: BulkAddress;
};
export type BulkOperation = BulkWork | RefusedOperation;

export type BulkRequest = {
  /** Number of errors after which the remaining operations are not attempted; Infinity when the client set none. */
  failOnErrors: number;
  operations: BulkOperation[];
};

type Fields = ReadonlyMap<string, unknown>;

/**
 * Reads a BulkRequest (RFC 7644 §3.7). Names are not case-sensitive. An invalid operation is returned with its error; an
 * invalid message fails as a whole.
 * @param types of the integration; their dialect decides whether `schemas` may be missing and methods be in any case
 * @param baseUrl of the integration's SCIM endpoint: a path may be a URL below it
 * @throws ScimError invalidSyntax when it is not a BulkRequest, tooLarge for too many operations
 */
export function parseBulk(body: unknown, types: ResourceTypes, baseUrl: string): BulkRequest {
  return atOnce(bulkSteps(body, types, baseUrl));
}

/** `parseBulk` in steps. */
export function* bulkSteps(body: unknown, types: ResourceTypes, baseUrl: string): Steps<BulkRequest> {
  const message = fieldsOf(body, 'The body');
  expectMessage(types.User.dialect, message.get('schemas'), BULK_REQUEST_URN);
  const failOnErrors = message.get('failonerrors') ?? Infinity;
  if (failOnErrors !== Infinity && (!Number.isSafeInteger(failOnErrors) || Number(failOnErrors) < 1))
    throw malformed('"failOnErrors" must be an integer of at least 1.');
  const entries = message.get('operations');
  if (!Array.isArray(entries) || entries.length === 0)
    throw malformed('"Operations" must be an array with at least one operation.');
  if (entries.length > BULK_LIMITS.maxOperations) {
    const detail = `The request exceeds maxOperations (${BULK_LIMITS.maxOperations}). Split it into smaller requests.`;
    throw new ScimError('tooLarge', detail);
  }
  if (!entries.every(isObject)) throw malformed('Each item of "Operations" must be an object.');
  const operations: BulkOperation[] = [];
  for (const entry of entries) {
    yield;
    operations.push(yield* operationSteps(entry, types, baseUrl));
  }
  return { failOnErrors: Number(failOnErrors), operations: refuseSharedIds(operations) };
}

function* operationSteps(entry: unknown, types: ResourceTypes, baseUrl: string): Steps<BulkOperation> {
  const fieldsRead: Omit<RefusedOperation, 'refusal'> = {};
  try {
    const fields = fieldsOf(entry, 'The operation');
    const bulkId = stringOf(fields, 'bulkId');
    if (bulkId !== undefined) {
      if (bulkId === '' || bulkId.length > MAX_ID_CHARACTERS)
        throw malformed(`"bulkId" must have 1 to ${MAX_ID_CHARACTERS} characters.`);
      fieldsRead.bulkId = bulkId;
    }
    const method = (fieldsRead.method = readMethod(fields, types.User.dialect));
    const address = (fieldsRead.address = readAddress(stringOf(fields, 'path'), method, baseUrl));
    if (method === 'POST' && bulkId === undefined) throw malformed('A POST needs a "bulkId".');
    const version = stringOf(fields, 'version');
    const body = method === 'DELETE' ? undefined : yield* dataSteps(fields.get('data'), method, types[address.type]);
    return {
      ...fieldsRead,
      method,
      address,
      ...(body ? { body } : {}),
      ...(version === undefined || method === 'POST' ? {} : { version }),
    };
  } catch (refusal) {
    if (refusal instanceof ScimError) return { ...fieldsRead, refusal };
    throw refusal;
  }
}

function readMethod(fields: Fields, dialect: Dialect): BulkMethod {
  const sent = stringOf(fields, 'method');
  const method = tolerates(dialect, 'opInAnyCase') ? sent?.toUpperCase() : sent;
  if (!METHODS.has(method)) throw malformed('"method" must be POST, PUT, PATCH or DELETE.');
  return method as BulkMethod;
}

/**
 * Reads `data` like the body of the single request, so that unknown attributes are dropped with their references.
 * @throws ScimError as `parseResource` and `parsePatch`
 */
function* dataSteps(data: unknown, method: BulkMethod, type: ResourceType): Steps<ScimAttributes> {
  if (!isObject(data)) throw malformed(`"data" of a ${method} must be an object.`);
  if (method === 'PATCH') return patchBody(yield* patchSteps(data, type.dialect));
  const attributes = yield* resourceSteps(type, data);
  const extensions = type.extensions.map(({ id }) => id).filter((urn) => Object.hasOwn(attributes, urn));
  return { schemas: [type.schema.id, ...extensions], ...attributes };
}

/** @returns the body of a PATCH with these operations (RFC 7644 §3.5.2) */
export function patchBody(operations: readonly PatchOperation[]): ScimAttributes {
  return { schemas: [PATCH_URN], Operations: [...operations] };
}

/** Refuses all creates that share a bulkId, because a reference to it would be ambiguous. */
function refuseSharedIds(operations: BulkOperation[]): BulkOperation[] {
  const counts = new Map<string, number>();
  const idOfCreate = ({ method, bulkId }: BulkOperation) => (method === 'POST' ? bulkId : undefined);
  for (const bulkId of operations.map(idOfCreate)) if (bulkId) counts.set(bulkId, (counts.get(bulkId) ?? 0) + 1);
  return operations.map((operation) => {
    const shared = (counts.get(idOfCreate(operation) ?? '') ?? 0) > 1;
    if (!shared) return operation;
    return { ...operation, refusal: malformed('"bulkId" must be unique among the POST operations in a request.') };
  });
}

/** @returns the members of an object by lowercase name. @throws ScimError invalidSyntax for a duplicate name */
function fieldsOf(object: unknown, what: string): Fields {
  if (!isObject(object)) throw malformed(`${what} must be a JSON object.`);
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase();
    if (fields.has(key)) throw malformed(`${what} has a duplicate member name.`);
    fields.set(key, value);
  }
  return fields;
}

function stringOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name.toLowerCase()) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(`"${name}" must be a string.`);
}

const malformed = (detail: string): ScimError => new ScimError('invalidSyntax', detail);
