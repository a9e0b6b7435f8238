import { ScimError } from '../errors.js';
import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { type PatchOperation } from '../patch/message.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';

/**
 * Where a string can refer to a create of the same request (RFC 7644 §3.7.2): the whole string (`members.value`,
 * `manager.value`), the end of a URL (`$ref`), a string in a value path (`members[value eq "bulkId:x"]`).
 */
const WHOLE = /^bulkId:(.+)$/is;
const SEGMENT = /(?<=\/)bulkId:([^/?#"]+)$/i;
/** Starts after an unescaped quote and ends at the next one, so that matching takes linear time. */
const QUOTED = /(?<=(?<!\\)")bulkId:((?:[^"\\]|\\.)+)(?=")/gi;
const HINT = /bulkId:/i;

/** Resolves a bulkId to the id of the created resource. */
export type IdOf = (bulkId: string) => string;

/** @returns the value with each reference replaced by an id, in keys too. @throws the errors of `idOf` */
export function resolveReferences<T extends JsonValue>(value: T, idOf: IdOf): T;
export function resolveReferences(value: JsonValue, idOf: IdOf): JsonValue {
  if (typeof value === 'string') return resolveText(value, idOf);
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, idOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [resolveText(name, idOf), resolveReferences(item, idOf)]),
  );
}

function resolveText(text: string, idOf: IdOf): string {
  if (!HINT.test(text)) return text;
  const [, whole] = WHOLE.exec(text) ?? [];
  if (whole !== undefined) return idOf(whole);
  return text
    .replace(SEGMENT, (_, bulkId: string) => idOf(unescaped(bulkId, decodeURIComponent)))
    .replaceAll(QUOTED, (_, bulkId: string) => idOf(unescaped(bulkId, (inner) => JSON.parse(`"${inner}"`) as string)));
}

/** @returns the bulkIds that the value refers to */
export function referencesIn(value: JsonValue): Set<string> {
  const bulkIds = new Set<string>();
  resolveReferences(value, (bulkId) => {
    bulkIds.add(bulkId);
    return '';
  });
  return bulkIds;
}

/**
 * Splits the body of a create that refers to resources created after it.
 * @param later bulkIds that have no id yet
 * @returns the body without the values that refer to them, and one operation for each of those values to add it
 * @throws ScimError unresolved when a required attribute would be left without a value
 */
export function splitBody(
  type: ResourceType,
  body: ScimAttributes | undefined,
  later: ReadonlySet<string>,
): { now: ScimAttributes | undefined; then: PatchOperation[] } {
  if (!body || later.size === 0) return { now: body, then: [] };
  const then: PatchOperation[] = [];
  const isDeferred = (value: JsonValue): boolean => [...referencesIn(value)].some((bulkId) => later.has(bulkId));
  const split = (attributes: ScimAttributes, schema: Schema, urn?: string): ScimAttributes => {
    const kept: ScimAttributes = {};
    for (const [name, value] of Object.entries(attributes)) {
      const extension = urn === undefined ? type.extensions.find(({ id }) => id === name) : undefined;
      if (extension && isObject(value)) {
        const inner = split(value, extension, extension.id);
        if (Object.keys(inner).length > 0) kept[name] = inner;
        continue;
      }
      const remaining: JsonValue[] = [];
      const deferred: JsonValue[] = [];
      for (const item of Array.isArray(value) ? value : [value]) (isDeferred(item) ? deferred : remaining).push(item);
      if (remaining.length > 0) kept[name] = Array.isArray(value) ? remaining : value;
      else refuseRequired(findAttribute(schema.attributes, name));
      const path = urn === undefined ? name : `${urn}:${name}`;
      then.push(...deferred.map((item) => ({ op: 'add' as const, path, value: Array.isArray(value) ? [item] : item })));
    }
    return kept;
  };
  return { now: split(body, type.schema), then };
}

function refuseRequired(attribute: Attribute | undefined): void {
  if (!attribute?.required) return;
  throw new ScimError('unresolved', `"${attribute.name}" is required, but refers to a resource that is created later.`);
}

/** @returns the unescaped string, or the string itself when its escapes are malformed */
function unescaped(text: string, read: (text: string) => string): string {
  try {
    return read(text);
  } catch {
    return text;
  }
}
