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
import { BULK_LIMITS } from './limits.js';

export const BULK_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

const METHODS = new Set<unknown>(['POST', 'PUT', 'PATCH', 'DELETE']);
const MAX_ID_CHARACTERS = 256;

/** An operation that can be tried. References are still in its id and in its body. */
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

/** An operation that cannot be tried, with what of it could be read. */
type RefusedOperation = {
  refusal: ScimError;
  method?: BulkMethod;
  bulkId?: string;
  address?: BulkAddress;
};
export type BulkOperation = BulkWork | RefusedOperation;

export type BulkRequest = {
  /** After so many errors the rest is not attempted; infinite when the client did not say. */
  failOnErrors: number;
  operations: BulkOperation[];
};

type Fields = ReadonlyMap<string, unknown>;

/**
 * Reads a BulkRequest (RFC 7644 §3.7). Names are found without regard to case. What is wrong with one operation refuses
 * that operation, what is wrong with the message refuses all of it.
 * @param types of the integration; their dialect decides whether `schemas` may be left out and methods be in any case
 * @param baseUrl of the integration's SCIM endpoint: a path may be a URL below it
 * @throws ScimError invalidSyntax for what is no BulkRequest, tooLarge for too many operations, both before any is tried
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
    throw malformed('"Operations" must be an array of at least one operation.');
  if (entries.length > BULK_LIMITS.maxOperations) {
    const detail = `The number of operations exceeds maxOperations (${BULK_LIMITS.maxOperations}).`;
    throw new ScimError('tooLarge', detail);
  }
  if (!entries.every(isObject)) throw malformed('Each of "Operations" must be an object.');
  const operations: BulkOperation[] = [];
  for (const entry of entries) {
    yield;
    operations.push(yield* operationSteps(entry, types, baseUrl));
  }
  return { failOnErrors: Number(failOnErrors), operations: refuseSharedIds(operations) };
}

function* operationSteps(entry: unknown, types: ResourceTypes, baseUrl: string): Steps<BulkOperation> {
  const known: Omit<RefusedOperation, 'refusal'> = {};
  try {
    const fields = fieldsOf(entry, 'The operation');
    const bulkId = text(fields, 'bulkId');
    if (bulkId !== undefined) {
      if (bulkId === '' || bulkId.length > MAX_ID_CHARACTERS)
        throw malformed(`"bulkId" must have 1 to ${MAX_ID_CHARACTERS} characters.`);
      known.bulkId = bulkId;
    }
    const method = (known.method = readMethod(fields, types.User.dialect));
    const address = (known.address = readAddress(text(fields, 'path'), method, baseUrl));
    if (method === 'POST' && bulkId === undefined) throw malformed('A POST needs a "bulkId".');
    const version = text(fields, 'version');
    const body = method === 'DELETE' ? undefined : yield* dataSteps(fields.get('data'), method, types[address.type]);
    return {
      ...known,
      method,
      address,
      ...(body ? { body } : {}),
      ...(version === undefined || method === 'POST' ? {} : { version }),
    };
  } catch (refusal) {
    if (refusal instanceof ScimError) return { ...known, refusal };
    throw refusal;
  }
}

function readMethod(fields: Fields, dialect: Dialect): BulkMethod {
  const sent = text(fields, 'method');
  const method = tolerates(dialect, 'opInAnyCase') ? sent?.toUpperCase() : sent;
  if (!METHODS.has(method)) throw malformed('"method" must be POST, PUT, PATCH or DELETE.');
  return method as BulkMethod;
}

/**
 * The body of the single request, read as that one would be: what no schema knows refers to nothing.
 * @throws ScimError as `parseResource` and `parsePatch`
 */
function* dataSteps(data: unknown, method: BulkMethod, type: ResourceType): Steps<ScimAttributes> {
  if (!isObject(data)) throw malformed(`"data" of a ${method} must be an object.`);
  if (method === 'PATCH') return patchBody(yield* patchSteps(data, type.dialect));
  const attributes = yield* resourceSteps(type, data);
  const extensions = type.extensions.map(({ id }) => id).filter((urn) => Object.hasOwn(attributes, urn));
  return { schemas: [type.schema.id, ...extensions], ...attributes };
}

/** The body of a PATCH that has these operations (RFC 7644 §3.5.2). */
export function patchBody(operations: readonly PatchOperation[]): ScimAttributes {
  return { schemas: [PATCH_URN], Operations: [...operations] };
}

/** Of two creates of one bulkId a reference could mean either: neither is made. */
function refuseSharedIds(operations: BulkOperation[]): BulkOperation[] {
  const counts = new Map<string, number>();
  const idOfCreate = ({ method, bulkId }: BulkOperation) => (method === 'POST' ? bulkId : undefined);
  for (const bulkId of operations.map(idOfCreate)) if (bulkId) counts.set(bulkId, (counts.get(bulkId) ?? 0) + 1);
  return operations.map((operation) => {
    const shared = (counts.get(idOfCreate(operation) ?? '') ?? 0) > 1;
    if (!shared) return operation;
    return { ...operation, refusal: malformed('"bulkId" must be unique among the POST operations of a request.') };
  });
}

/** The members of an object by their names in lower case. @throws ScimError invalidSyntax for one that is named twice */
function fieldsOf(object: unknown, what: string): Fields {
  if (!isObject(object)) throw malformed(`${what} must be a JSON object.`);
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(object)) {
    const key = name.toLowerCase();
    if (fields.has(key)) throw malformed(`${what} names a member twice.`);
    fields.set(key, value);
  }
  return fields;
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields.get(name.toLowerCase()) ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(`"${name}" must be a string.`);
}

const malformed = (detail: string): ScimError => new ScimError('invalidSyntax', detail);
