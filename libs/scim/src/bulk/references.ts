import { ScimError } from '../errors.js';
import { isObject, type JsonValue, type ScimAttributes } from '../json.js';
import { type PatchOperation } from '../patch/message.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from '../schema/attribute.js';

/**
 * The places where a text refers to a create of the same request (RFC 7644 §3.7.2): all of it (`members.value`,
 * `manager.value`), the end of a URL (`$ref`), a text in a value path (`members[value eq "bulkId:x"]`).
 */
const WHOLE = /^bulkId:(.+)$/is;
const SEGMENT = /(?<=\/)bulkId:([^/?#"]+)$/i;
/** It begins at no escaped quote and ends at the next that is not: no character is looked at from two beginnings. */
const QUOTED = /(?<=(?<!\\)")bulkId:((?:[^"\\]|\\.)+)(?=")/gi;
const HINT = /bulkId:/i;

/** Finds the id that a bulkId became. */
export type IdOf = (bulkId: string) => string;

/** @returns the value with an id in the place of each reference, in keys too; whatever `idOf` throws */
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

/** @returns the bulkIds that a value refers to */
export function referencesIn(value: JsonValue): Set<string> {
  const found = new Set<string>();
  resolveReferences(value, (bulkId) => {
    found.add(bulkId);
    return '';
  });
  return found;
}

/**
 * Splits the body of a create that refers to what is created only after it.
 * @param later bulkIds that have no id yet
 * @returns the body without the values that refer to them, and the operations that add those values, one for each
 * @throws ScimError unresolved when the resource cannot be without such a value
 */
export function splitBody(
  type: ResourceType,
  body: ScimAttributes | undefined,
  later: ReadonlySet<string>,
): { now: ScimAttributes | undefined; then: PatchOperation[] } {
  if (!body || later.size === 0) return { now: body, then: [] };
  const then: PatchOperation[] = [];
  const waits = (value: JsonValue): boolean => [...referencesIn(value)].some((bulkId) => later.has(bulkId));
  const split = (attributes: ScimAttributes, schema: Schema, urn?: string): ScimAttributes => {
    const kept: ScimAttributes = {};
    for (const [name, value] of Object.entries(attributes)) {
      const extension = urn === undefined ? type.extensions.find(({ id }) => id === name) : undefined;
      if (extension && isObject(value)) {
        const inner = split(value, extension, extension.id);
        if (Object.keys(inner).length > 0) kept[name] = inner;
        continue;
      }
      const left: JsonValue[] = [];
      const moved: JsonValue[] = [];
      for (const item of Array.isArray(value) ? value : [value]) (waits(item) ? moved : left).push(item);
      if (left.length > 0) kept[name] = Array.isArray(value) ? left : value;
      else refuseRequired(findAttribute(schema.attributes, name));
      const path = urn === undefined ? name : `${urn}:${name}`;
      then.push(...moved.map((item) => ({ op: 'add' as const, path, value: Array.isArray(value) ? [item] : item })));
    }
    return kept;
  };
  return { now: split(body, type.schema), then };
}

function refuseRequired(attribute: Attribute | undefined): void {
  if (!attribute?.required) return;
  throw new ScimError('unresolved', `"${attribute.name}" is required and refers to what is created after it.`);
}

/** A text that is not escaped as it should be stands for itself. */
function unescaped(text: string, read: (text: string) => string): string {
  try {
    return read(text);
  } catch {
    return text;
  }
}
