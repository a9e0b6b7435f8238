import { type Condition, type Term } from '@tidegate/contracts';
import { equalTruth, attributeOf, type Person, type Truth, truthOf } from './condition.rule.js';

/** Why a term prevents a match: the fact differs, is excluded by `isNot` or `not`, or is missing. */
const REASONS = {
  everyone: { differs: 'everyone_excluded', excluded: 'everyone_excluded', missing: 'everyone_excluded' },
  user: { differs: 'user_differs', excluded: 'user_excluded', missing: 'user_differs' },
  group: { differs: 'not_member', excluded: 'member_excluded', missing: 'group_unavailable' },
  manager: { differs: 'manager_differs', excluded: 'manager_excluded', missing: 'manager_unknown' },
  attribute: { differs: 'attribute_differs', excluded: 'attribute_excluded', missing: 'attribute_missing' },
} as const satisfies Record<Term['kind'], Record<'differs' | 'excluded' | 'missing', string>>;

type TableReason = (typeof REASONS)[Term['kind']]['differs' | 'excluded' | 'missing'];
/** `member_by_grant`: the user is a member, but only by a grant. `attribute_not_text`: the operator compares texts. */
export type WhyNotReason = TableReason | 'member_by_grant' | 'attribute_not_text';

/** A term that prevents a match. */
export interface Obstruction {
  /** The path of its field, such as `eligibility.conditions[1]`. */
  path: string;
  term: Term;
  reason: WhyNotReason;
}

/**
 * @param path the field that contains the condition
 * @returns the fewest terms that prevent a match, whatever the values of all other terms; of several such lists the first in
 *   the order of the terms; none if the condition matches
 */
export function whyNot(condition: Condition, person: Person, path: string): Obstruction[] {
  return truthOf(condition, person) === true ? [] : obstructions(condition, person, path, true);
}

/** @returns the fewest terms due to which the condition does not have the value `wanted`; it does not have it */
function obstructions(condition: Condition, person: Person, path: string, wanted: boolean): Obstruction[] {
  if (condition.kind === 'not') return obstructions(condition.condition, person, `${path}.condition`, !wanted);
  if (condition.kind !== 'all' && condition.kind !== 'any')
    return [{ path, term: condition, reason: reasonOf(condition, person) }];
  const failing = condition.conditions.flatMap((each, index) =>
    truthOf(each, person) === wanted ? [] : [obstructions(each, person, `${path}.conditions[${index}]`, wanted)],
  );
  // `all` is not true due to one condition, but not false due to all of them. `any` is the reverse.
  if ((condition.kind === 'any') === wanted) return failing.flat();
  return failing.reduce((fewest, each) => (each.length < fewest.length ? each : fewest));
}

function reasonOf(term: Term, person: Person): WhyNotReason {
  const equal: Truth = equalTruth(term, person);
  if (equal === undefined && term.kind === 'attribute' && attributeOf(person, term.attribute) !== undefined)
    return 'attribute_not_text';
  if (equal === false && term.kind === 'group' && term.values.some((id) => person.groups.get(id)?.granted))
    return 'member_by_grant';
  return REASONS[term.kind][equal === undefined ? 'missing' : equal ? 'excluded' : 'differs'];
}
