import { type Condition } from './conditions.js';

/** A condition without conditions in it. */
export type Term = Exclude<Condition, { kind: 'all' | 'any' | 'not' }>;
/** A term whose values are ids, or names in a call. */
export type ReferenceTerm = Extract<Term, { kind: 'user' | 'group' | 'manager' }>;

/** A term, and the path of its field. */
export interface PlacedTerm<T extends Term = Term> {
  term: T;
  path: string;
}

/**
 * @param condition valid, so its depth is limited
 * @param path the field that contains it, such as `eligibility`
 * @returns the terms in their order, with paths such as `eligibility.conditions[2]`
 */
export function termsOf(condition: Condition, path: string): PlacedTerm[] {
  if (condition.kind === 'not') return termsOf(condition.condition, `${path}.condition`);
  if (condition.kind === 'all' || condition.kind === 'any')
    return condition.conditions.flatMap((each, index) => termsOf(each, `${path}.conditions[${index}]`));
  return [{ term: condition, path }];
}

/** @returns whether the values of a term are ids. Those of `group` are groups, those of `user` and `manager` users. */
export const isReferenceTerm = (term: Term): term is ReferenceTerm =>
  term.kind === 'user' || term.kind === 'group' || term.kind === 'manager';

/** @returns the terms of `termsOf` that have ids or names */
export const referenceTermsOf = (condition: Condition, path: string): PlacedTerm<ReferenceTerm>[] =>
  termsOf(condition, path).flatMap(({ term, path: at }) => (isReferenceTerm(term) ? [{ term, path: at }] : []));

/**
 * Replaces the values of terms that have ids or names.
 * @param condition valid
 * @param visit returns the new values of a term; `path` as in `termsOf`
 * @returns a copy; the condition itself is unchanged
 */
export function mapCondition(
  condition: Condition,
  visit: (term: ReferenceTerm, path: string) => string[],
  path: string,
): Condition {
  if (condition.kind === 'not')
    return { ...condition, condition: mapCondition(condition.condition, visit, `${path}.condition`) };
  if (condition.kind === 'all' || condition.kind === 'any') {
    const each = (child: Condition, index: number) => mapCondition(child, visit, `${path}.conditions[${index}]`);
    return { ...condition, conditions: condition.conditions.map(each) };
  }
  return isReferenceTerm(condition) ? { ...condition, values: visit(condition, path) } : { ...condition };
}
