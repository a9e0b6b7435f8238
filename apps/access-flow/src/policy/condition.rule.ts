import {
  type Condition,
  type PlacedTerm,
  type ProfileValue,
  referenceTermsOf,
  type Term,
  termsOf,
} from '@tidegate/contracts';
import { foldCase } from '@tidegate/scim';

/** The facts about a user that conditions compare. The caller checks that the user is active. */
export interface Person {
  userId: string;
  /** By canonical SCIM name. */
  attributes: Readonly<Record<string, ProfileValue>>;
  /** Undefined if it is missing, unknown or ambiguous. */
  managerId: string | undefined;
  /**
   * By group id: whether the user is a member by SCIM, and by a grant. A group that is deleted, not synced or unknown has no
   * entry; every other group of the condition has one.
   */
  groups: ReadonlyMap<string, { scim: boolean; granted: boolean }>;
}

/** A truth value of Kleene's three-valued logic; undefined is *unknown*. */
export type Truth = boolean | undefined;

/**
 * Evaluates a condition by Kleene's three-valued logic. A term is unknown if its fact is missing: the user does not have the
 * attribute, or has an empty one; the manager is unknown; the group is deleted, not synced or unknown; or the operator
 * compares texts and the attribute is a number or boolean. `not` of unknown is unknown; `all` is unknown if no condition is
 * false and one is unknown; `any` is unknown if none is true and one is unknown. Unknown does not match. So `isNot` does not
 * match a user without the attribute, and the deletion of a group does not make `not` with that group match everyone.
 *
 * Attributes are compared by `foldCase`, numbers and booleans as their JSON text.
 * @param condition valid by `conditionFaults`, with ids
 */
export function matches(condition: Condition, person: Person): boolean {
  return truthOf(condition, person) === true;
}

/** @returns the value of a condition, as described at `matches` */
export function truthOf(condition: Condition, person: Person): Truth {
  switch (condition.kind) {
    case 'all':
      return firstOr(false, condition.conditions, person);
    case 'any':
      return firstOr(true, condition.conditions, person);
    case 'not':
      return negated(truthOf(condition.condition, person));
    default:
      return termTruth(condition, person);
  }
}

const negated = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

/** @returns `decisive` if one condition has this value; otherwise unknown if one is unknown; otherwise the opposite */
function firstOr(decisive: boolean, conditions: readonly Condition[], person: Person): Truth {
  let result: Truth = !decisive;
  for (const each of conditions) {
    const truth = truthOf(each, person);
    if (truth === decisive) return decisive;
    if (truth === undefined) result = undefined;
  }
  return result;
}

function termTruth(term: Term, person: Person): Truth {
  const equal = equalTruth(term, person);
  return 'operator' in term && term.operator === 'isNot' ? negated(equal) : equal;
}

/** @returns the value of a term as if `isNot` were `is` */
export function equalTruth(term: Term, person: Person): Truth {
  switch (term.kind) {
    case 'everyone':
      return true;
    case 'user':
      return term.values.includes(person.userId);
    case 'manager':
      return person.managerId === undefined ? undefined : term.values.includes(person.managerId);
    case 'group':
      return memberTruth(term.values, person.groups, term.includeGrants === true);
    case 'attribute':
      return attributeTruth(term, attributeOf(person, term.attribute));
  }
}

function memberTruth(groupIds: readonly string[], groups: Person['groups'], includeGrants: boolean): Truth {
  let result: Truth = false;
  for (const id of groupIds) {
    const group = groups.get(id);
    if (group && (group.scim || (includeGrants && group.granted))) return true;
    if (!group) result = undefined;
  }
  return result;
}

/** @returns the value of an attribute; undefined if it is missing or empty */
export function attributeOf({ attributes }: Person, name: string): ProfileValue | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name] : inOtherCase(attributes, name);
  return value === '' ? undefined : value;
}

/** Conditions have listed attributes by their canonical name, so this is for extension attributes in another case. */
function inOtherCase(attributes: Person['attributes'], name: string): ProfileValue | undefined {
  const key = name.toLowerCase();
  for (const each in attributes) if (each.length === name.length && each.toLowerCase() === key) return attributes[each];
  return undefined;
}

function attributeTruth(
  { operator, values }: Extract<Term, { kind: 'attribute' }>,
  value: ProfileValue | undefined,
): Truth {
  const comparesText = operator === 'contains' || operator === 'startsWith';
  if (value === undefined || (comparesText && typeof value !== 'string')) return undefined;
  const text = foldCase(String(value));
  if (operator === 'contains') return text.includes(foldCase(values[0]!));
  if (operator === 'startsWith') return text.startsWith(foldCase(values[0]!));
  return values.some((each) => foldCase(each) === text);
}

/** What a condition refers to, each once. */
export interface ConditionReferences {
  /** Users and managers. */
  userIds: string[];
  groupIds: string[];
  /** As in the condition. */
  attributes: string[];
}

/** @returns the ids and attribute names of all terms */
export function conditionReferences(condition: Condition): ConditionReferences {
  const terms = termsOf(condition, '');
  const ids = (isGroup: boolean) =>
    referenceTermsOf(condition, '').flatMap(({ term }) => ((term.kind === 'group') === isGroup ? term.values : []));
  const attributeNames = ({ term }: PlacedTerm) => (term.kind === 'attribute' ? [term.attribute] : []);
  return {
    userIds: [...new Set(ids(false))],
    groupIds: [...new Set(ids(true))],
    attributes: [...new Set(terms.flatMap(attributeNames))],
  };
}
