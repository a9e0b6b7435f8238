import { type Condition, isReferenceTerm, PROFILE_ATTRIBUTES, type Term, type TermOperator } from '@tidegate/contracts';

const LISTED: ReadonlySet<string> = new Set(PROFILE_ATTRIBUTES);

const VERBS: Readonly<Record<TermOperator, string>> = {
  is: 'is',
  in: 'is',
  isNot: 'is not',
  contains: 'contains',
  startsWith: 'starts with',
};

/**
 * @param names the names of users and groups by id; an id without a name is shown as it is
 * @returns a phrase without a period, such as "member of Engineering, and department is Sales or Marketing"
 */
export function describeCondition(condition: Condition, names: ReadonlyMap<string, string>): string {
  if (condition.kind === 'not') return `not (${describeCondition(condition.condition, names)})`;
  if (condition.kind !== 'all' && condition.kind !== 'any') return phrase(condition, names);
  const { conditions, kind } = condition;
  if (conditions.length === 1) return describeCondition(conditions[0]!, names);
  const parts = conditions.map((each) => nested(each, names));
  const last = parts.pop()!;
  return `${parts.join(', ')}, ${kind === 'all' ? 'and' : 'or'} ${last}`;
}

/** Parentheses keep the parts of an inner list apart from those of the outer one. */
function nested(condition: Condition, names: ReadonlyMap<string, string>): string {
  const text = describeCondition(condition, names);
  return hasList(condition) ? `(${text})` : text;
}

function hasList(condition: Condition): boolean {
  if (condition.kind !== 'all' && condition.kind !== 'any') return false;
  return condition.conditions.length > 1 || condition.conditions.some(hasList);
}

function phrase(term: Term, names: ReadonlyMap<string, string>): string {
  if (term.kind === 'everyone') return 'everyone';
  const values = listed(
    term.values.map((value) => quoted(isReferenceTerm(term) ? (names.get(value) ?? value) : value)),
  );
  if (term.kind !== 'group') return `${subject(term)} ${VERBS[term.operator]} ${values}`;
  const verb = term.operator === 'isNot' ? 'not a member of' : 'member of';
  return `${verb} ${values}${term.includeGrants ? ' (by a grant too)' : ''}`;
}

/** The name of a listed attribute is short. An extension attribute can have the same one, so its name is complete. */
const subject = (term: Exclude<Term, { kind: 'everyone' | 'group' }>): string => {
  if (term.kind !== 'attribute') return term.kind;
  return LISTED.has(term.attribute) ? term.attribute.slice(term.attribute.lastIndexOf(':') + 1) : term.attribute;
};

function listed(values: readonly string[]): string {
  if (values.length < 2) return values[0] ?? 'none';
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** @returns the value, in quotation marks if it could be read as a part of the sentence */
const quoted = (value: string): string =>
  /^[\p{L}\p{N}][\p{L}\p{N} .@_/&+'-]*$/u.test(value) &&
  !/(^| )(and|or|not|is)( |$)/i.test(value) &&
  !value.endsWith(' ')
    ? value
    : JSON.stringify(value);
