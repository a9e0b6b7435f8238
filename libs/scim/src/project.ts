import { ScimError } from './errors.js';
import { isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, type ResourceType } from './schema/attribute.js';
import { COMMON } from './schema/common.js';
import { readAttributePath, resolveAttribute, schemaOfPath } from './schema/resolve.js';

/** The query parameters `attributes` and `excludedAttributes`: names separated by commas (RFC 7644 §3.9). */
export type Projection = { attributes?: string; excludedAttributes?: string };

/** What is named: per schema URN ('' for the core) and attribute, all of it or some of its sub-attributes. */
type Names = Map<string, Map<string, Set<string> | 'all'>>;

const MAX_CHARACTERS = 4096;
const CORE = '';

/**
 * Leaves of a resource what was asked for (RFC 7644 §3.9). `id` and `schemas` are always returned; unknown names are
 * ignored; with both parameters `attributes` wins.
 * @param resource as `renderResource` gives it; not changed
 * @throws ScimError invalidValue when a parameter is longer than 4096 characters
 */
export function project(type: ResourceType, resource: ScimAttributes, projection: Projection): ScimAttributes {
  const only = namesOf(type, projection.attributes);
  const without = only ? undefined : namesOf(type, projection.excludedAttributes);
  if (!only && !without) return resource;
  const extensions = new Set(type.extensions.map((extension) => extension.id));
  const kept = Object.entries(resource).map(([name, value]): [string, JsonValue | undefined] => {
    if (!extensions.has(name)) return [name, pick(CORE, name, value, only, without)];
    if (!isObject(value)) return [name, undefined];
    const inner = Object.entries(value).map(([key, entry]): [string, JsonValue | undefined] => [
      key,
      pick(name, key, entry, only, without),
    ]);
    const object = assigned(inner);
    return [name, Object.keys(object).length === 0 ? undefined : object];
  });
  return assigned(kept);
}

/** Whether the answer shows anything of a core attribute (in schema case), so that what is costly and not wanted is not loaded. */
export function wantsAttribute(type: ResourceType, name: string, projection: Projection): boolean {
  if (ALWAYS.has(name)) return true;
  const only = namesOf(type, projection.attributes);
  if (only) return only.get(CORE)?.has(name) ?? false;
  return namesOf(type, projection.excludedAttributes)?.get(CORE)?.get(name) !== 'all';
}

function pick(urn: string, name: string, value: JsonValue, only: Names | undefined, without: Names | undefined) {
  if (urn === CORE && ALWAYS.has(name)) return value;
  if (only) {
    const named = only.get(urn)?.get(name);
    return named === undefined || named === 'all' ? named && value : filterSubs(value, (sub) => named.has(sub));
  }
  const named = without?.get(urn)?.get(name);
  if (named === 'all') return undefined;
  return named ? filterSubs(value, (sub) => !named.has(sub)) : value;
}

const ALWAYS = new Set(COMMON.filter(({ returned }) => returned === 'always').map(({ name }) => name));

function filterSubs(value: JsonValue, wanted: (sub: string) => boolean): JsonValue | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => filterSubs(item, wanted)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const object = Object.fromEntries<JsonValue>(Object.entries(value).filter(([sub]) => wanted(sub)));
  return Object.keys(object).length === 0 ? undefined : object;
}

function namesOf(type: ResourceType, list: string | undefined): Names | undefined {
  if (list === undefined || list.trim() === '') return undefined;
  if (list.length > MAX_CHARACTERS) {
    throw new ScimError('invalidValue', `A list of attributes may have ${MAX_CHARACTERS} characters at most.`);
  }
  const names: Names = new Map();
  const add = (urn: string, attribute: Attribute, sub?: Attribute): void => {
    const inside = names.get(urn) ?? new Map<string, Set<string> | 'all'>();
    names.set(urn, inside);
    const before = inside.get(attribute.name);
    if (!sub || before === 'all') inside.set(attribute.name, 'all');
    else inside.set(attribute.name, new Set([...(before ?? []), sub.name]));
  };
  for (const item of list.split(',')) {
    const path = readAttributePath(item.trim());
    const schema = path && schemaOfPath(type, path);
    const resolved = path && resolveAttribute(type, path);
    if (schema) schema.attributes.forEach((attribute) => add(schema === type.schema ? CORE : schema.id, attribute));
    else if (resolved) add(resolved.extension?.id ?? CORE, resolved.attribute, resolved.sub);
  }
  return names;
}

const assigned = (entries: [string, JsonValue | undefined][]): ScimAttributes =>
  Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
