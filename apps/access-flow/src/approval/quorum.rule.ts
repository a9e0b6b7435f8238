import { type ApproverSet, type ApproverTier } from '@tidegate/contracts';

/** An entry of `approvers`, by its index in the list of its tier. The tiers without a list have the entry 0. */
export interface Entry {
  tier: ApproverTier;
  entry: number;
}

/**
 * An approval of one step.
 *
 * - `reviewer`: the key of a person: the id of a user, or the login of an administrator who is no user. One person must
 *   have one key.
 * - `entries`: what the person belonged to when approving, in the tiers that were open then (`entriesOf` in requests/entries.ts)
 */
export interface Approval {
  reviewer: string;
  entries: readonly Entry[];
}

type QuorumSet = Pick<ApproverSet, 'quorum' | 'count' | 'approvers'>;

/** What counts for the quorum of one tier: the people who approve, and which entries they approve for. */
interface Counted {
  people: ReadonlySet<string>;
  entries: ReadonlySet<number>;
}

/**
 * @param set the approvers of the tier, as named in the flow: entries of which nobody is left still count for `all`
 * @param approvals the approvals of the step; those of other tiers and of entries that the set does not have are ignored
 * @returns whether the quorum is reached. It never is without an approval.
 */
export function isReached(set: QuorumSet, tier: ApproverTier, approvals: readonly Approval[]): boolean {
  return suffices(set, countApprovals(set, tier, approvals));
}

/**
 * @param candidates the people who can still approve for each entry of the set
 * @returns whether the quorum would be reached if all candidates approved
 */
export function canBeReached(
  set: QuorumSet,
  tier: ApproverTier,
  candidates: readonly (readonly string[])[],
  approvals: readonly Approval[],
): boolean {
  const counted = countApprovals(set, tier, approvals);
  const named = set.approvers.map((_, entry) => candidates[entry] ?? []);
  return suffices(set, {
    people: new Set([...counted.people, ...named.flat()]),
    entries: new Set([...counted.entries, ...named.flatMap((people, entry) => (people.length > 0 ? [entry] : []))]),
  });
}

function countApprovals({ approvers }: QuorumSet, tier: ApproverTier, approvals: readonly Approval[]): Counted {
  const counted = approvals.flatMap(({ reviewer, entries }) =>
    entries
      .filter((entry) => entry.tier === tier && entry.entry in approvers)
      .map(({ entry }) => ({ reviewer, entry })),
  );
  return {
    people: new Set(counted.map(({ reviewer }) => reviewer)),
    entries: new Set(counted.map(({ entry }) => entry)),
  };
}

function suffices({ quorum, count = Infinity, approvers }: QuorumSet, { people, entries }: Counted): boolean {
  if (people.size === 0) return false;
  if (quorum === 'any') return true;
  return quorum === 'all' ? approvers.every((_, entry) => entries.has(entry)) : people.size >= count;
}
