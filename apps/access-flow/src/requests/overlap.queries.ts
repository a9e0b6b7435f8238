import { type Tx } from '@tidegate/database';
import { beforeBecoming } from '../grants/grant.rule.js';
import { type Membership } from '../grants/target.js';
import { type Overlap } from './overlap.rule.js';

/** The requested period: null starts now. */
export interface Period {
  startsAt: Date | null;
  durationSeconds: number;
}

/** SQL: the period from $5, or now, of $6 seconds, overlaps with one from `start` to `end`. */
const overlaps = (start: string, end: string) =>
  `${start} < coalesce($5, now()) + make_interval(secs => $6) AND ${end} > greatest($5, now())`;

/** SQL: the grants of user $2 in group $3 that are live and not over. A grant that is revoking does not overlap. */
const LIVE_GRANTS = `SELECT 'grant' AS kind, id, ends_at AS "endsAt" FROM access_flow.grants
  WHERE integration_id = $1 AND user_id = $2 AND group_id = $3 AND status <> 'ended' AND status = ANY ($4)
    AND ${overlaps('starts_at', 'ends_at')}`;

/** SQL: the pending requests of user $2 for group $3, under any flow. One without a start can start until it expires. */
const PENDING_REQUESTS = `SELECT 'request' AS kind, id, expires_at AS "endsAt" FROM access_flow.requests
  WHERE integration_id = $1 AND user_id = $2 AND group_id = $3 AND status = 'pending' AND kind = 'access'
    AND ${overlaps('coalesce(starts_at, now())', 'coalesce(starts_at, expires_at) + make_interval(secs => duration_seconds)')}`;

const binds = ({ integrationId, userId, groupId }: Membership, { startsAt, durationSeconds }: Period) => [
  integrationId,
  userId,
  groupId,
  beforeBecoming('revoking'),
  startsAt,
  durationSeconds,
];

/**
 * The user must be locked by `lockAccessInputs`.
 * @returns the live grant of the membership that overlaps with the period and ends last
 */
export function findLiveGrant(tx: Tx, membership: Membership & Period): Promise<Overlap | undefined> {
  return tx.row<Overlap>(`${LIVE_GRANTS} ORDER BY ends_at DESC LIMIT 1`, binds(membership, membership));
}

/**
 * The user must be locked by `lockAccessInputs`.
 * @returns the live grant of the membership that overlaps with the period and ends last, or a pending request
 */
export function findOverlap(tx: Tx, membership: Membership & Period): Promise<Overlap | undefined> {
  return tx.row<Overlap>(
    `${LIVE_GRANTS} UNION ALL ${PENDING_REQUESTS} ORDER BY kind, "endsAt" DESC LIMIT 1`,
    binds(membership, membership),
  );
}
