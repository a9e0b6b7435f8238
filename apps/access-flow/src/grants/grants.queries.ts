import { type Actor, type GrantState } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
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
  'id' | 'integrationId' | 'requestId' | 'flowId' | 'userId' | 'groupId' | 'deactivations'
> {
  durationSeconds: number;
  /** Longest duration, extensions included. */
  maxSeconds: number;
}

/** Inserts a grant that starts now, by the database's clock. @returns when it ends */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<Date> {
  const row = await tx.row<Pick<GrantEntity, 'endsAt'>>(
    `INSERT INTO access_flow.grants (integration_id, id, request_id, user_id, group_id, status, deactivations, starts_at,
       ends_at, max_ends_at, flow_id)
     VALUES ($1, $2, $3, $4, $5, 'activating', $6, now(), now() + make_interval(secs => $7),
       now() + make_interval(secs => $8), $9)
     RETURNING ends_at AS "endsAt"`,
    [
      grant.integrationId,
      grant.id,
      grant.requestId,
      grant.userId,
      grant.groupId,
      grant.deactivations,
      grant.durationSeconds,
      grant.maxSeconds,
      grant.flowId,
    ],
  );
  return row!.endsAt;
}

/** @returns the id of the flow under which a grant was requested */
export async function flowOfGrant(tx: Tx, integrationId: string, id: string): Promise<string | undefined> {
  const row = await tx.row<{ flowId: string }>(
    `SELECT flow_id AS "flowId" FROM access_flow.grants WHERE integration_id = $1 AND id = $2`,
    [integrationId, id],
  );
  return row?.flowId;
}

/** Locks a grant. Without a stored `max_ends_at` it can't be extended. */
export async function lockGrant(tx: Tx, integrationId: string, id: string): Promise<LockedGrant | undefined> {
  return tx.row<LockedGrant>(
    `SELECT g.user_id AS "userId", g.status, g.starts_at AS "startsAt", g.ends_at AS "endsAt",
       coalesce(g.max_ends_at, g.ends_at) AS "maxEndsAt", g.ends_at <= clock_timestamp() AS "isOver",
       r.requested_by AS "requestedBy"
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
    `UPDATE access_flow.grants SET ends_at = ends_at + make_interval(secs => $3), extended_by = $4, version = version + 1
     WHERE integration_id = $1 AND id = $2 RETURNING ${columnsOf(GrantEntity)}`,
    [integrationId, id, seconds, JSON.stringify(extendedBy)],
  );
  if (!row) throw new Error('a locked grant is missing (this is a bug)');
  return row;
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

/** Sets the status that the target confirmed on the user's grants in the group. @returns the changed grants */
export async function confirmGrants(
  tx: Tx,
  membership: Membership,
  status: 'active' | 'ended',
): Promise<GrantEntity[]> {
  return tx.rows<GrantEntity>(
    `UPDATE access_flow.grants SET status = '${status}', ${TIME_COLUMN[status]} = now(), version = version + 1
     WHERE integration_id = $1 AND group_id = $2 AND user_id = $3 AND status = ANY ($4) RETURNING ${columnsOf(GrantEntity)}`,
    [membership.integrationId, membership.groupId, membership.userId, beforeBecoming(status)],
  );
}
