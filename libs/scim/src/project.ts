import { isObject, type JsonValue, type ScimAttributes } from './json.js';
import { type Attribute, findAttribute, type ResourceType, type Schema } from './schema/attribute.js';
import { coreAttribute } from './schema/common.js';
import { readAttributePath, resolveAttribute, schemaOfPath } from './schema/resolve.js';

/** The query parameters `attributes` and `excludedAttributes`: names separated by commas (RFC 7644 §3.9). */
export type Projection = { attributes?: string; excludedAttributes?: string };

/** How an attribute is named: as a whole, by some of its sub-attributes, or both. */
type Named = { whole: boolean; subs: Set<string> };
/** Named attributes by schema URN ('' for the core) and attribute name. */
type Names = Map<string, Map<string, Named>>;
/** Which attributes of one section of a resource to show. */
type Choice = { only?: ReadonlyMap<string, Named>; without?: ReadonlyMap<string, Named> };

const CORE = '';

/**
 * Selects the requested attributes of a resource (RFC 7644 §3.9) by their `returned` characteristic (RFC 7643 §2.2):
 * `always`, such as `id` and `schemas`, in every response; `request` only when named. Sub-attributes follow their
 * attribute. Unknown names are ignored. With both parameters `attributes` wins.
 * @param resource from `renderResource`; not changed
 */
export function project(type: ResourceType, resource: ScimAttributes, projection: Projection): ScimAttributes {
  const only = namesOf(type, projection.attributes);
  const without = only ? undefined : namesOf(type, projection.excludedAttributes);
  if (!only && !without && isShownWhole(type)) return resource;
  const choiceOf = (urn: string): Choice => ({
    ...(only ? { only: only.get(urn) ?? new Map() } : {}),
    ...(without ? { without: without.get(urn) ?? new Map() } : {}),
  });
  const core = choiceOf(CORE);
  const kept = Object.entries(resource).map(([name, value]): [string, JsonValue | undefined] => {
    const extension = type.extensions.find(({ id }) => id === name);
    if (!extension) return [name, shown(coreAttribute(type, name), value, core)];
    const inner = isObject(value) ? projectSection(extension, value, choiceOf(name)) : {};
    return [name, Object.keys(inner).length === 0 ? undefined : inner];
  });
  return assigned(kept);
}

/** Whether the response shows any part of a core attribute (in schema case), so that costly attributes load only on request. */
export function wantsAttribute(type: ResourceType, name: string, projection: Projection): boolean {
  const returned = coreAttribute(type, name)?.returned;
  if (returned === 'always' || returned === 'never') return returned === 'always';
  const only = namesOf(type, projection.attributes);
  if (only || returned === 'request') return only?.get(CORE)?.has(name) ?? false;
  return namesOf(type, projection.excludedAttributes)?.get(CORE)?.get(name)?.whole !== true;
}

function projectSection(schema: Schema, section: ScimAttributes, choice: Choice): ScimAttributes {
  return assigned(
    Object.entries(section).map(([name, value]) => [
      name,
      shown(findAttribute(schema.attributes, name), value, choice),
    ]),
  );
}

/** The visible part of a value; undefined when nothing is visible. */
function shown(attribute: Attribute | undefined, value: JsonValue, { only, without }: Choice): JsonValue | undefined {
  if (!attribute || attribute.returned === 'never') return undefined;
  const { returned, name, subAttributes } = attribute;
  const [named, unwanted] = [only?.get(name), without?.get(name)];
  if (returned === 'request' && !named) return undefined;
  if (returned === 'default' && ((only && !named) || unwanted?.whole)) return undefined;
  if (!subAttributes) return value;
  const isShown = (sub: Attribute): boolean => {
    if (sub.returned === 'always') return true;
    if (sub.returned === 'request') return named?.subs.has(sub.name) ?? false;
    if (sub.returned === 'never') return false;
    return named && !named.whole ? named.subs.has(sub.name) : !unwanted?.subs.has(sub.name);
  };
  const wanted = new Set(subAttributes.filter(isShown).map((sub) => sub.name));
  return wanted.size === subAttributes.length ? value : withSubs(value, wanted);
}

function withSubs(value: JsonValue, wanted: ReadonlySet<string>): JsonValue | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => withSubs(item, wanted)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const object = Object.fromEntries<JsonValue>(Object.entries(value).filter(([sub]) => wanted.has(sub)));
  return Object.keys(object).length === 0 ? undefined : object;
}

const shownWhole = new WeakMap<ResourceType, boolean>();

/** Whether the type has no attribute that is returned only on request. */
function isShownWhole(type: ResourceType): boolean {
  const cached = shownWhole.get(type);
  if (cached !== undefined) return cached;
  const onRequest = ({ returned, subAttributes = [] }: Attribute): boolean =>
    returned === 'request' || subAttributes.some(onRequest);
  const whole = ![type.schema, ...type.extensions].some(({ attributes }) => attributes.some(onRequest));
  shownWhole.set(type, whole);
  return whole;
}

function namesOf(type: ResourceType, list: string | undefined): Names | undefined {
  if (list === undefined || list.trim() === '') return undefined;
  const names: Names = new Map();
  const add = (urn: string, attribute: Attribute, sub?: Attribute): void => {
    const inside = names.get(urn) ?? new Map<string, Named>();
    names.set(urn, inside);
    const named = inside.get(attribute.name) ?? { whole: false, subs: new Set() };
    inside.set(attribute.name, named);
    if (sub) named.subs.add(sub.name);
    else named.whole = true;
  };
  for (const item of list.split(',')) {
    const path = readAttributePath(item.trim());
    const schema = path && schemaOfPath(type, path);
    const resolved = path && resolveAttribute(type, path);
    if (schema) {
      const urn = schema === type.schema ? CORE : schema.id;
      schema.attributes.filter(({ returned }) => returned !== 'request').forEach((attribute) => add(urn, attribute));
    } else if (resolved) add(resolved.extension?.id ?? CORE, resolved.attribute, resolved.sub);
  }
  return names;
}

const assigned = (entries: [string, JsonValue | undefined][]): ScimAttributes =>
  Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
