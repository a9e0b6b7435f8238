import { isUuid } from '../ids.js';
import { PROFILE_ATTRIBUTES, PROFILE_LIMITS } from '../profile.js';
import { hasLength, NAME_LENGTH, STORABLE } from '../text.js';
import { CONDITION_LIMITS, type ConditionKind, ID_OPERATORS, TERM_OPERATORS, type TermOperator } from './conditions.js';

/** A field and what is wrong with it. */
export type ConditionFault = [field: string, message: string];
type Json = Record<string, unknown>;

interface Shape {
  required: readonly string[];
  optional?: readonly string[];
  /** For terms with values. `valueLength` is in characters. */
  operators?: readonly TermOperator[];
  valueLength?: number;
}

const ID_TERM = { required: ['operator', 'values'], operators: ID_OPERATORS, valueLength: NAME_LENGTH } as const;

/** The properties of each kind beside `kind`. */
export const CONDITION_SHAPES: Readonly<Record<ConditionKind, Shape>> = {
  everyone: { required: [] },
  all: { required: ['conditions'] },
  any: { required: ['conditions'] },
  not: { required: ['condition'] },
  user: ID_TERM,
  group: { ...ID_TERM, optional: ['includeGrants'] },
  manager: ID_TERM,
  attribute: {
    required: ['attribute', 'operator', 'values'],
    operators: TERM_OPERATORS,
    valueLength: PROFILE_LIMITS.valueLength,
  },
};
export const CONDITION_KINDS = Object.keys(CONDITION_SHAPES) as readonly ConditionKind[];

/** `urn:…:attribute`. The name of the attribute is that of RFC 7643 §2.1. */
const EXTENSION_ATTRIBUTE = /^urn:[^\s:]+(:[^\s:]+)*:[a-z][\w$-]*$/i;

const CANONICAL = new Map(PROFILE_ATTRIBUTES.map((name) => [name.toLowerCase(), name]));

/** @returns the name as in `PROFILE_ATTRIBUTES`, which compares without regard to case (RFC 7643 §2.1); others unchanged */
export const canonicalAttribute = (name: string): string => CANONICAL.get(name.toLowerCase()) ?? name;

/** @returns the id in lower case, or the name unchanged */
export const idOrName = (value: string): string => (isUuid(value) ? value.toLowerCase() : value);

/**
 * Checks the structure of a condition. Which users, groups and extension attributes exist is not checked.
 * @param value parsed JSON from outside
 * @param path the field that contains it
 * @returns the first fault with the path of its field, such as `eligibility.conditions[2].operator`; undefined if it is valid
 */
export function conditionFaults(value: unknown, path: string): ConditionFault | undefined {
  const found = { terms: 0 };
  const fault = treeFault(value, path, 1, found);
  if (found.terms <= CONDITION_LIMITS.terms) return fault;
  return [path, `must have at most ${CONDITION_LIMITS.terms} terms`];
}

function treeFault(value: unknown, path: string, level: number, found: { terms: number }): ConditionFault | undefined {
  if (level > CONDITION_LIMITS.depth)
    return [path, `is nested too deeply: a condition has at most ${CONDITION_LIMITS.depth} levels`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path, 'must be an object'];
  const node = value as Json;
  const { kind } = node;
  if (!isKind(kind)) return [`${path}.kind`, oneOf(CONDITION_KINDS)];
  const fault = propertyFault(node, path, CONDITION_SHAPES[kind]);
  if (fault) return fault;
  if (kind === 'not') return treeFault(node.condition, `${path}.condition`, level + 1, found);
  if (kind === 'all' || kind === 'any') return listFault(node.conditions, `${path}.conditions`, level + 1, found);
  found.terms++;
  return termFault(node, path, CONDITION_SHAPES[kind]);
}

const isKind = (kind: unknown): kind is ConditionKind =>
  typeof kind === 'string' && Object.hasOwn(CONDITION_SHAPES, kind);
const oneOf = (values: readonly string[]): string => `must be one of the following values: ${values.join(', ')}`;

function propertyFault(node: Json, path: string, { required, optional = [] }: Shape): ConditionFault | undefined {
  const unknown = Object.keys(node).find((name) => ![...required, ...optional, 'kind'].includes(name));
  if (unknown !== undefined) return [`${path}.${unknown.slice(0, 50)}`, 'should not exist'];
  const missing = required.find((name) => node[name] === undefined);
  return missing === undefined ? undefined : [`${path}.${missing}`, 'is required'];
}

function listFault(list: unknown, path: string, level: number, found: { terms: number }): ConditionFault | undefined {
  if (!Array.isArray(list) || list.length < 1 || list.length > CONDITION_LIMITS.terms)
    return [path, `must be an array of 1 to ${CONDITION_LIMITS.terms} conditions`];
  for (const [index, each] of list.entries()) {
    const fault = treeFault(each, `${path}[${index}]`, level, found);
    if (fault ?? found.terms > CONDITION_LIMITS.terms) return fault;
  }
  return undefined;
}

function termFault(node: Json, path: string, { operators, valueLength }: Shape): ConditionFault | undefined {
  if (!operators || valueLength === undefined) return undefined;
  const { attribute, operator, values, includeGrants } = node;
  if (node.kind === 'attribute' && !isAttribute(attribute))
    return [`${path}.attribute`, 'must be the name of an attribute that conditions can use'];
  if (!(operators as readonly unknown[]).includes(operator)) return [`${path}.operator`, oneOf(operators)];
  if (includeGrants !== undefined && typeof includeGrants !== 'boolean')
    return [`${path}.includeGrants`, 'must be a boolean value'];
  return valuesFault(values, `${path}.values`, operator as TermOperator, valueLength, node.kind === 'attribute');
}

const isAttribute = (name: unknown): boolean =>
  hasLength(name, 1, PROFILE_LIMITS.valueLength) &&
  STORABLE.test(name) &&
  (CANONICAL.has(name.toLowerCase()) || EXTENSION_ATTRIBUTE.test(name));

function valuesFault(
  values: unknown,
  path: string,
  operator: TermOperator,
  length: number,
  isText: boolean,
): ConditionFault | undefined {
  const most = operator === 'in' ? CONDITION_LIMITS.values : 1;
  if (!Array.isArray(values) || values.length < 1 || values.length > most)
    return [
      path,
      most === 1 ? `must have exactly one value for the operator ${operator}` : `must have 1 to ${most} values`,
    ];
  for (const [index, value] of (values as unknown[]).entries()) {
    if (!hasLength(value, 1, length)) return [`${path}[${index}]`, `must be a string of 1 to ${length} characters`];
    if (!STORABLE.test(value)) return [`${path}[${index}]`, 'contains characters that cannot be stored'];
  }
  const distinct = new Set((values as string[]).map((value) => (isText ? value : idOrName(value))));
  return distinct.size < values.length ? [path, 'must not contain a value twice'] : undefined;
}
