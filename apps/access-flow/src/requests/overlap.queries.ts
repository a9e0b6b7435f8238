import { type Tx } from '@tidegate/database';
import { beforeBecoming } from '../grants/grant.rule.js';
import { type Membership } from '../grants/target.js';
import { type Overlap } from './overlap.rule.js';

/** SQL: the grants of user $2 in group $3 that are live and not over. A grant that is revoking does not overlap. */
const LIVE_GRANTS = `SELECT 'grant' AS kind, id, ends_at AS "endsAt" FROM access_flow.grants
  WHERE integration_id = $1 AND user_id = $2 AND group_id = $3 AND status <> 'ended' AND status = ANY ($4) AND ends_at > now()`;

/** SQL: the pending requests of user $2 for group $3, under any flow. */
const PENDING_REQUESTS = `SELECT 'request' AS kind, id, expires_at AS "endsAt" FROM access_flow.requests
  WHERE integration_id = $1 AND user_id = $2 AND group_id = $3 AND status = 'pending'`;

const binds = ({ integrationId, userId, groupId }: Membership) => [
  integrationId,
  userId,
  groupId,
  beforeBecoming('revoking'),
];

/** The user must be locked by `lockAccessInputs`. @returns the live grant of the membership that ends last */
export function findLiveGrant(tx: Tx, membership: Membership): Promise<Overlap | undefined> {
  return tx.row<Overlap>(`${LIVE_GRANTS} ORDER BY ends_at DESC LIMIT 1`, binds(membership));
}

/** The user must be locked by `lockAccessInputs`. @returns the live grant of the membership that ends last, or a pending request */
export function findOverlap(tx: Tx, membership: Membership): Promise<Overlap | undefined> {
  return tx.row<Overlap>(
    `${LIVE_GRANTS} UNION ALL ${PENDING_REQUESTS} ORDER BY kind, "endsAt" DESC LIMIT 1`,
    binds(membership),
  );
}
