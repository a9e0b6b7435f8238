import { type ObstacleCode, PROFILE_ATTRIBUTES, type Term } from '@tidegate/contracts';
import { describeCondition } from './describe-condition.rule.js';
import { type Obstruction, type WhyNotReason } from './why-not.rule.js';

type Sentence = (term: Term, names: ReadonlyMap<string, string>) => string;

const LISTED: ReadonlySet<string> = new Set(PROFILE_ATTRIBUTES);

/** @returns the attribute without the schema of a listed one: `department` */
function attributeOf(term: Term): string {
  if (term.kind !== 'attribute') return term.kind;
  return LISTED.has(term.attribute) ? term.attribute.slice(term.attribute.lastIndexOf(':') + 1) : term.attribute;
}

const required: Sentence = (term, names) => `required: ${describeCondition(term, names)}`;

/** How each reason is told: to callers that see the whole flow, and to a member, who sees only what it is about. */
const SENTENCES: Record<WhyNotReason, [full: Sentence, ofMember: (term: Term) => string]> = {
  everyone_excluded: [() => 'the condition excludes everyone', () => 'the condition excludes everyone'],
  user_differs: [required, () => 'the access flow is for other users'],
  user_excluded: [() => 'the condition excludes this user', () => 'the condition excludes you'],
  not_member: [required, () => 'you are not a member of a required group'],
  member_excluded: [
    (term, names) => `the condition excludes members: ${describeCondition(term, names)}`,
    () => 'you are a member of an excluded group',
  ],
  member_by_grant: [
    (term, names) => `${required(term, names)}; a membership by a grant does not count`,
    () => 'you are a member of a required group only by a grant, which does not count',
  ],
  group_unavailable: [
    (term, names) => `${required(term, names)}; no such group is synced`,
    () => 'a required group is not synced',
  ],
  manager_differs: [required, () => 'your manager differs'],
  manager_excluded: [
    (term, names) => `the manager is excluded: ${describeCondition(term, names)}`,
    () => 'your manager is excluded',
  ],
  manager_unknown: [
    (term, names) => `${required(term, names)}; no manager was found`,
    () => 'your manager is not known',
  ],
  attribute_differs: [required, (term) => `your ${attributeOf(term)} differs`],
  attribute_excluded: [
    (term, names) => `excluded by ${attributeOf(term)}: ${describeCondition(term, names)}`,
    (term) => `your ${attributeOf(term)} is excluded`,
  ],
  attribute_missing: [
    (term, names) => `${required(term, names)}; the user has no ${attributeOf(term)}`,
    (term) => `you have no ${attributeOf(term)}`,
  ],
  attribute_not_text: [
    (term, names) => `${required(term, names)}; the value is not a text`,
    (term) => `your ${attributeOf(term)} is not a text`,
  ],
};

/**
 * @param names the names of users and groups by id
 * @param asMember whether the sentence must not tell the values of the condition
 * @returns why a term prevents that the user is eligible, as a code and a sentence
 */
export function explainObstruction(
  { term, reason }: Obstruction,
  names: ReadonlyMap<string, string>,
  asMember: boolean,
): { code: ObstacleCode; text: string } {
  const [full, ofMember] = SENTENCES[reason];
  const text = asMember
    ? `You are not eligible: ${ofMember(term)}.`
    : `The user is not eligible: ${full(term, names)}.`;
  return { code: reason, text };
}
