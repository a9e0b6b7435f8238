import { type Dialect } from '../dialects.js';
import { ScimError } from '../errors.js';
import { parsePath } from '../filter/parse.js';
import { isObject, jsonCheck, type JsonValue, memberOf } from '../json.js';
import { expectMessage } from '../message-schemas.js';
import { tolerates } from '../quirks.js';
import { atOnce, type Steps } from '../steps.js';
import { DEFAULT_PROFILE } from '../schema/profile.js';

export const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** One operation of a PatchOp message (RFC 7644 §3.5.2) with a well-formed path. */
export type PatchOperation = { op: 'add' | 'remove' | 'replace'; path?: string; value?: JsonValue };

const MAX_OPERATIONS = 1000;
const OPS = new Set<unknown>(['add', 'remove', 'replace']);

/**
 * Reads the body of a PATCH (RFC 7644 §3.5.2). JSON member names are not case-sensitive. Attributes are resolved when the
 * operations are applied.
 * @param dialect of the integration; `QUIRKS` lists its deviations from the RFC
 * @throws ScimError invalidSyntax when it is not a PatchOp, invalidPath for a malformed path, invalidValue when add or
 *   replace has no value, noTarget for remove without path, tooLarge for more than 1000 operations
 */
export function parsePatch(body: unknown, dialect: Dialect = DEFAULT_PROFILE.dialect): PatchOperation[] {
  return atOnce(patchSteps(body, dialect));
}

/** `parsePatch` in steps. */
export function* patchSteps(body: unknown, dialect: Dialect): Steps<PatchOperation[]> {
  if (!isObject(body)) throw new ScimError('invalidSyntax', 'The body must be a JSON object.');
  yield* jsonCheck(body);
  if (!tolerates(dialect, 'schemasMissing')) expectMessage(dialect, memberOf(body, 'schemas'), PATCH_URN);
  const operations = memberOf(body, 'Operations');
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new ScimError('invalidSyntax', '"Operations" must be an array with at least one operation.');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw new ScimError('tooLarge', `A PATCH can have at most ${MAX_OPERATIONS} operations.`);
  }
  const parsed: PatchOperation[] = [];
  for (const operation of operations) {
    yield;
    parsed.push(parseOperation(dialect, operation));
  }
  return parsed;
}

function parseOperation(dialect: Dialect, operation: unknown): PatchOperation {
  if (!isObject(operation)) throw new ScimError('invalidSyntax', 'Each item of "Operations" must be an object.');
  const verb = memberOf(operation, 'op');
  const written = typeof verb === 'string' ? verb : '';
  const op = tolerates(dialect, 'opInAnyCase') ? written.toLowerCase() : written;
  if (!OPS.has(op)) throw new ScimError('invalidSyntax', '"op" must be add, remove or replace.');
  const path = readPath(memberOf(operation, 'path'));
  const value = memberOf(operation, 'value') as JsonValue | undefined;
  if (op === 'remove' && path === undefined) throw new ScimError('noTarget', '"remove" needs a "path".');
  if (op === 'remove' && value !== undefined && value !== null && !tolerates(dialect, 'removeThoseNamed')) {
    // The RFC ignores the value and removes everything, which a client that sends a value does not intend.
    throw new ScimError('invalidSyntax', '"remove" must not have a "value". Use a value filter in "path".');
  }
  if (op !== 'remove' && value === undefined) throw new ScimError('invalidValue', `"${op}" needs a "value".`);
  return {
    op: op as PatchOperation['op'],
    ...(path === undefined ? {} : { path }),
    ...(value === undefined ? {} : { value }),
  };
}

/** A path of null or "" counts as absent, because some clients always send the member. */
function readPath(path: unknown): string | undefined {
  if (path === undefined || path === null || path === '') return undefined;
  if (typeof path !== 'string') throw new ScimError('invalidPath', '"path" must be a string.');
  parsePath(path);
  return path;
}
