import { type Actor, type GrantState } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { IS_MEMBER } from '../directory/groups.queries.js';
import { GrantEntity } from './grant.entity.js';
import { beforeBecoming } from './grant.rule.js';
import { type LockedGrant } from './may-extend.rule.js';
import { type Membership } from './target.js';

/** @returns the grant as its events contain it */
export const grantState = (grant: GrantEntity): GrantState => ({
  grantId: grant.id,
  requestId: grant.requestId,
  userId: grant.userId,
  groupId: grant.groupId,
  status: grant.status,
  endReason: grant.endReason,
  endsAt: grant.endsAt.toISOString(),
  version: grant.version,
});

export interface NewGrant extends Pick<
  GrantEntity,
  'id' | 'integrationId' | 'requestId' | 'flowId' | 'userId' | 'groupId' | 'deactivations' | 'status'
> {
  /** The requested start; null: now. */
  startsAt: Date | null;
  durationSeconds: number;
  /** Longest duration, extensions included. */
  maxSeconds: number;
}

/**
 * Inserts a grant that starts at `startsAt`, or now by the database's clock if that has passed. Its end and its latest end
 * count from the requested start.
 */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<Pick<GrantEntity, 'startsAt' | 'endsAt'>> {
  const row = await tx.row<Pick<GrantEntity, 'startsAt' | 'endsAt'>>(
    `INSERT INTO access_flow.grants (integration_id, id, request_id, user_id, group_id, status, deactivations, starts_at,
       ends_at, max_ends_at, flow_id, already_member)
     SELECT $1, $2, $3, $4, $5, $6, $7, greatest(now(), start.at), start.at + make_interval(secs => $8),
       start.at + make_interval(secs => $9), $10, EXISTS (
         SELECT 1 FROM access_flow.members m
         JOIN access_flow.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
         WHERE m.integration_id = $1 AND m.group_id = $5 AND m.user_id = $4 AND ${IS_MEMBER}
       ) AND NOT EXISTS (
         SELECT 1 FROM access_flow.grants o WHERE o.integration_id = $1 AND o.group_id = $5 AND o.user_id = $4
           AND o.status <> 'ended' AND o.already_member IS NOT TRUE)
     FROM (SELECT coalesce($11, now()) AS at) start
     RETURNING starts_at AS "startsAt", ends_at AS "endsAt"`,
    [
      grant.integrationId,
      grant.id,
      grant.requestId,
      grant.userId,
      grant.groupId,
      grant.status,
      grant.deactivations,
      grant.durationSeconds,
      grant.maxSeconds,
      grant.flowId,
      grant.startsAt,
    ],
  );
  return row!;
}

/** Locks a grant. Without a stored `max_ends_at` it can't be extended. */
export async function lockGrant(tx: Tx, integrationId: string, id: string): Promise<LockedGrant | undefined> {
  return tx.row<LockedGrant>(
    `SELECT g.user_id AS "userId", g.status, g.starts_at AS "startsAt", g.ends_at AS "endsAt",
       coalesce(g.max_ends_at, g.ends_at) AS "maxEndsAt", g.ends_at <= clock_timestamp() AS "isOver",
       r.requested_by AS "requestedBy", g.extensions
     FROM access_flow.grants g JOIN access_flow.requests r ON r.integration_id = g.integration_id AND r.id = g.request_id
     WHERE g.integration_id = $1 AND g.id = $2 FOR UPDATE OF g`,
    [integrationId, id],
  );
}

/** Extends a locked grant by `seconds`. */
export async function extendGrant(
  tx: Tx,
  integrationId: string,
  id: string,
  seconds: number,
  extendedBy: Actor,
): Promise<GrantEntity> {
  const row = await tx.row<GrantEntity>(
    `UPDATE access_flow.grants SET ends_at = ends_at + make_interval(secs => $3), extended_by = $4,
       extensions = extensions + 1, version = version + 1
     WHERE integration_id = $1 AND id = $2 RETURNING ${columnsOf(GrantEntity)}`,
    [integrationId, id, seconds, JSON.stringify(extendedBy)],
  );
  if (!row) throw new Error('a locked grant is missing (this is a bug)');
  return row;
}

/** Lets a scheduled grant become active when the target confirms it. */
export async function activate(tx: Tx, integrationId: string, id: string): Promise<void> {
  await tx.run(
    `UPDATE access_flow.grants SET status = 'activating', version = version + 1
     WHERE integration_id = $1 AND id = $2 AND status = 'scheduled'`,
    [integrationId, id],
  );
}

/** @returns the statuses of the user's grants in the group that have not ended, and whether the user is active */
export async function readStatuses(
  tx: Tx,
  membership: Membership,
): Promise<{ statuses: GrantEntity['status'][]; isActive: boolean }> {
  const rows = await tx.rows<Pick<GrantEntity, 'status'> & { isActive: boolean }>(
    `SELECT g.status, coalesce(u.active AND NOT u.deleted, false) AS "isActive" FROM access_flow.grants g
     LEFT JOIN access_flow.users u ON u.integration_id = g.integration_id AND u.id = g.user_id
     WHERE g.integration_id = $1 AND g.group_id = $2 AND g.user_id = $3 AND g.status <> 'ended'`,
    [membership.integrationId, membership.groupId, membership.userId],
  );
  return { statuses: rows.map((row) => row.status), isActive: rows[0]?.isActive ?? false };
}

const TIME_COLUMN = { active: 'activated_at', ended: 'ended_at' } as const;

/**
 * The time of a grant counts from its activation. A delay of less than a second is ignored, because the job at the end would
 * run twice. A requested period does not move.
 */
const LATE = `now() - starts_at > interval '1 second' AND NOT EXISTS (SELECT 1 FROM access_flow.requests r
  WHERE r.integration_id = grants.integration_id AND r.id = grants.request_id AND r.starts_at IS NOT NULL)`;
const START_NOW = `,
  starts_at = CASE WHEN ${LATE} THEN now() ELSE starts_at END,
  ends_at = CASE WHEN ${LATE} THEN ends_at + (now() - starts_at) ELSE ends_at END,
  max_ends_at = CASE WHEN ${LATE} THEN max_ends_at + (now() - starts_at) ELSE max_ends_at END`;

/** Sets the status that the target confirmed on the user's grants in the group. @returns the changed grants */
export async function confirmGrants(
  tx: Tx,
  membership: Membership,
  status: 'active' | 'ended',
): Promise<GrantEntity[]> {
  return tx.rows<GrantEntity>(
    `UPDATE access_flow.grants SET status = '${status}', ${TIME_COLUMN[status]} = now(), version = version + 1${
      status === 'active' ? START_NOW : ''
    }
     WHERE integration_id = $1 AND group_id = $2 AND user_id = $3 AND status = ANY ($4) RETURNING ${columnsOf(GrantEntity)}`,
    [membership.integrationId, membership.groupId, membership.userId, beforeBecoming(status)],
  );
}
