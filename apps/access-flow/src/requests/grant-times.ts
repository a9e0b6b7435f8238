import { type GrantReply, type RequestReply } from '@tidegate/contracts';
import { type StoredEntry } from './timeline.rule.js';

/** @returns the times of the grant that a request led to */
export function grantTimes(grant: GrantReply | undefined): StoredEntry[] {
  if (!grant) return [];
  const { createdAt, startsAt, endsAt, activatedAt, revokingAt, endedAt, endReason: reason, revokedBy } = grant;
  const kind = startsAt > createdAt ? 'scheduled' : 'granted';
  return [
    { at: new Date(createdAt), kind, actor: null, data: { startsAt, endsAt } },
    ...(activatedAt ? [{ at: new Date(activatedAt), kind: 'activated', actor: null, data: {} } as const] : []),
    ...(revokingAt
      ? [{ at: new Date(revokingAt), kind: 'revoking', actor: revokedBy, data: { reason } } as const]
      : []),
    ...(endedAt ? [{ at: new Date(endedAt), kind: 'ended', actor: revokedBy, data: { reason } } as const] : []),
  ];
}

/** @returns what is known of a request whose entries were not stored, by an earlier release */
export function withoutEntries({ createdAt, requestedBy, reviews }: RequestReply): StoredEntry[] {
  return [
    { at: new Date(createdAt), kind: 'created', actor: requestedBy, data: {} },
    ...reviews.map(({ createdAt: at, step, verdict, reviewerId, reviewedBy: actor }) => ({
      at: new Date(at),
      kind: 'reviewed' as const,
      actor,
      data: { step, verdict, reviewerId },
    })),
  ];
}
