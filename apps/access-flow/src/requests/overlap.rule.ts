import { type ExistingAccess, Refusal } from '@tidegate/contracts';

/** What overlaps with requested access of the same user to the same group. */
export interface Overlap extends Pick<ExistingAccess, 'kind' | 'id'> {
  /** When the grant ends, or the pending request expires. */
  endsAt: Date;
}

const SENTENCES: Record<Overlap['kind'], (endsAt: string) => string> = {
  grant: (endsAt) =>
    `This user already has a grant for this group until ${endsAt}. Extend that grant if its flow allows it, or request a period after its end.`,
  request: () =>
    'This user already has a pending request for this group. Wait for its decision, or cancel it before you make a new one.',
};

/** @returns the Refusal of a new request; it contains what overlaps */
export function refuseOverlap({ kind, id, endsAt: end }: Overlap): Refusal {
  const endsAt = end.toISOString();
  return new Refusal('conflict', SENTENCES[kind](endsAt), { kind, id, endsAt });
}

/** @returns the Refusal of an approval while the requester has a live grant; it contains the grant */
export function refuseSecondGrant({ id, endsAt: end }: Omit<Overlap, 'kind'>): Refusal {
  const endsAt = end.toISOString();
  const detail =
    `The requester already has a grant for this group until ${endsAt}. ` +
    'Deny this request, or approve it after that grant ends.';
  return new Refusal('conflict', detail, { kind: 'grant', id, endsAt });
}
