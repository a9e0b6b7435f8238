import { type Condition, PROFILE_ATTRIBUTES, type ProfileValue, type Term } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { type Person } from '../condition.rule.js';

const id = (n: number) => `01900000-0000-7000-8000-00000000000${n}`;
/** Users, groups, and the group `gone`, which is deleted. */
export const CAST = { alice: id(1), bob: id(2), carol: id(3), sales: id(4), tax: id(5), gone: id(6) };
const { alice, bob, carol, sales, tax, gone } = CAST;
export const DEPARTMENT = PROFILE_ATTRIBUTES.find((name) => name.endsWith(':department'))!;

type Of<K extends Term['kind']> = Extract<Term, { kind: K }>;
export const everyone: Term = { kind: 'everyone' };
export const user = (operator: Of<'user'>['operator'], ...values: string[]): Of<'user'> => ({
  kind: 'user',
  operator,
  values,
});
export const manager = (operator: Of<'manager'>['operator'], ...values: string[]): Of<'manager'> => ({
  kind: 'manager',
  operator,
  values,
});
export const attribute = (
  name: string,
  operator: Of<'attribute'>['operator'],
  ...values: string[]
): Of<'attribute'> => ({ kind: 'attribute', attribute: name, operator, values });
export const group = (operator: Of<'group'>['operator'], ...values: string[]): Of<'group'> => ({
  kind: 'group',
  operator,
  values,
});
export const withGrants = (term: Of<'group'>): Of<'group'> => ({ ...term, includeGrants: true });
export const not = (condition: Condition): Condition => ({ kind: 'not', condition });
export const together = (kind: 'all' | 'any', ...conditions: Condition[]): Condition => ({ kind, conditions });

/** Few values, so that terms often match. */
const VALUES = ['Sales', 'sales team', 'Ünï', '3', 'true', 'Σίσυφος'];
const NAMES = ['title', DEPARTMENT, 'urn:example:1.0:User:level', 'locale'];

const idTerm = <T extends Term>(make: (operator: 'is' | 'isNot' | 'in', ...values: string[]) => T, ids: string[]) =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom('is' as const, 'isNot' as const), fc.constantFrom(...ids))
      .map(([op, each]) => make(op, each)),
    fc.shuffledSubarray(ids, { minLength: 1 }).map((values) => make('in', ...values)),
  );
const attributeTerm = fc.oneof(
  fc
    .record({
      name: fc.constantFrom(...NAMES),
      operator: fc.constantFrom('is' as const, 'isNot' as const, 'contains' as const, 'startsWith' as const),
      value: fc.constantFrom(...VALUES, 'S'),
    })
    .map(({ name, operator, value }) => attribute(name, operator, value)),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.shuffledSubarray(VALUES, { minLength: 1 }))
    .map(([name, values]) => attribute(name, 'in', ...values)),
);
const term: fc.Arbitrary<Condition> = fc.oneof(
  fc.constant(everyone),
  idTerm(user, [alice, bob]),
  idTerm(manager, [bob, carol]),
  fc.tuple(idTerm(group, [sales, tax, gone]), fc.boolean()).map(([each, grants]) => (grants ? withGrants(each) : each)),
  attributeTerm,
);
const branch = (child: fc.Arbitrary<Condition>) =>
  fc.oneof(
    child,
    child.map(not),
    fc
      .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(child, { minLength: 1, maxLength: 3 }))
      .map(([kind, conditions]) => together(kind, ...conditions)),
  );
/** Valid conditions of up to three levels. */
export const anyCondition = branch(branch(term));

const membership = fc.record({ scim: fc.boolean(), granted: fc.boolean() });
const value: fc.Arbitrary<ProfileValue> = fc.oneof(fc.constantFrom('', 3, true, ...VALUES));
export const anyPerson: fc.Arbitrary<Person> = fc.record({
  userId: fc.constantFrom(alice, bob, carol),
  attributes: fc.dictionary(fc.constantFrom(...NAMES), value),
  managerId: fc.constantFrom(undefined, bob, carol),
  groups: fc
    .tuple(membership, membership, fc.boolean())
    .map(([ofSales, ofTax, isThere]) => new Map([[sales, ofSales], ...(isThere ? [[tax, ofTax] as const] : [])])),
});

/** @returns the condition with the names and values of its attributes in another case */
export function inRandomCase(condition: Condition, isUpper: () => boolean): Condition {
  if (condition.kind === 'not') return not(inRandomCase(condition.condition, isUpper));
  if (condition.kind === 'all' || condition.kind === 'any')
    return together(condition.kind, ...condition.conditions.map((each) => inRandomCase(each, isUpper)));
  if (condition.kind !== 'attribute') return condition;
  const shuffled = (text: string) =>
    [...text].map((each) => (isUpper() ? each.toUpperCase() : each.toLowerCase())).join('');
  return { ...condition, attribute: shuffled(condition.attribute), values: condition.values.map(shuffled) };
}
