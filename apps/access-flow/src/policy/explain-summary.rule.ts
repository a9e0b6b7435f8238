import { type ExplainedFlow } from '@tidegate/contracts';
import { counted } from '../common/in-words.rule.js';

/** Who asks about whom. */
export interface SummaryNames {
  /** The userName; undefined if the call names no user. */
  user: string | undefined;
  /** The name of the group; null if the caller may not see it. */
  group: string | null;
  /** Whether a member asks about itself. */
  asMember: boolean;
}

/** @returns the answer of an explanation in one sentence */
export function explainSummary(flows: readonly ExplainedFlow[], { user, group, asMember }: SummaryNames): string {
  const what = group ?? 'this group';
  if (flows.length === 0) return `No access flow offers ${what}.`;
  if (user === undefined) return `${what} can be requested under ${counted(flows.length, 'access flow')}.`;
  const who = asMember ? 'You' : user;
  const chosen = flows.find((flow) => flow.chosen) ?? flows.find(({ allowed }) => allowed);
  if (chosen?.allowed) return `${who} can request ${what} under the access flow ${chosen.flowName ?? chosen.order}.`;
  const reason = (chosen ?? flows[0])?.obstacles[0]?.text;
  return `${who} cannot request ${what} now${reason ? `: ${asClause(reason)}` : '.'}`;
}

/** A sentence after a colon begins in lower case; a name keeps its case. */
const asClause = (sentence: string): string =>
  /^(The|This|You|No|Under|Users) /.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
