import {
  type Actor,
  type GrantEndReason,
  type GrantRecord,
  type GrantState,
  type GrantStatus,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { beforeBecoming } from './grant.rule.js';
import { type LockedGrant } from './may-extend.rule.js';

export interface GrantRow {
  id: string;
  integration_id: string;
  request_id: string;
  user_id: string;
  group_id: string;
  status: GrantStatus;
  end_reason: GrantEndReason | null;
  ends_at: Date;
  created_at: Date;
  activated_at: Date | null;
  revoking_at: Date | null;
  ended_at: Date | null;
  version: number;
  extended_by: Actor | null;
  revoked_by: Actor | null;
}

export const GRANT_COLUMNS = [
  'id, integration_id, request_id, user_id, group_id, status, end_reason, ends_at, created_at, activated_at',
  'revoking_at, ended_at, version, extended_by, revoked_by',
].join(', ');

/** @returns the grant as its events contain it */
export const grantState = (row: GrantRow): GrantState => ({
  grantId: row.id,
  requestId: row.request_id,
  userId: row.user_id,
  groupId: row.group_id,
  status: row.status,
  endReason: row.end_reason,
  endsAt: row.ends_at.toISOString(),
  version: row.version,
});

export const grantRecord = (row: GrantRow): GrantRecord => ({
  id: row.id,
  ...grantState(row),
  integrationId: row.integration_id,
  createdAt: row.created_at.toISOString(),
  activatedAt: row.activated_at?.toISOString() ?? null,
  revokingAt: row.revoking_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
  extendedBy: row.extended_by,
  revokedBy: row.revoked_by,
});

export interface NewGrant {
  id: string;
  integrationId: string;
  requestId: string;
  userId: string;
  groupId: string;
  /** Number of the user's deactivations, read under lock in this transaction. */
  deactivations: number;
  durationSeconds: number;
  /** Longest duration, extensions included. */
  maxSeconds: number;
}

/** Inserts a grant that starts now, by the database's clock. @returns when it ends */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<Date> {
  const row = await tx.row<{ endsAt: Date }>(
    `INSERT INTO access_flow.grants (integration_id, id, request_id, user_id, group_id, status, deactivations, starts_at,
       ends_at, max_ends_at)
     VALUES ($1, $2, $3, $4, $5, 'activating', $6, now(), now() + make_interval(secs => $7),
       now() + make_interval(secs => $8))
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
    ],
  );
  return row!.endsAt;
}

export async function findGrant(tx: Tx, integrationIds: string[], id: string): Promise<GrantRow | undefined> {
  return tx.row<GrantRow>(
    `SELECT ${GRANT_COLUMNS} FROM access_flow.grants WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

/** @returns the id of the flow under which a grant was requested */
export async function flowOfGrant(tx: Tx, integrationId: string, id: string): Promise<string | undefined> {
  const row = await tx.row<{ flowId: string }>(
    `SELECT r.flow_id AS "flowId" FROM access_flow.grants g
     JOIN access_flow.requests r ON r.integration_id = g.integration_id AND r.id = g.request_id
     WHERE g.integration_id = $1 AND g.id = $2`,
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
): Promise<GrantRow> {
  const row = await tx.row<GrantRow>(
    `UPDATE access_flow.grants SET ends_at = ends_at + make_interval(secs => $3), extended_by = $4, version = version + 1
     WHERE integration_id = $1 AND id = $2 RETURNING ${GRANT_COLUMNS}`,
    [integrationId, id, seconds, JSON.stringify(extendedBy)],
  );
  if (!row) throw new Error('a locked grant is missing (this is a bug)');
  return row;
}

/** @returns when a grant ends; undefined when it is revoking or ended */
export async function endOfGrant(tx: Tx, integrationId: string, id: string): Promise<Date | undefined> {
  const row = await tx.row<{ endsAt: Date }>(
    `SELECT ends_at AS "endsAt" FROM access_flow.grants WHERE integration_id = $1 AND id = $2 AND status = ANY ($3)`,
    [integrationId, id, beforeBecoming('revoking')],
  );
  return row?.endsAt;
}

/** @returns the statuses of the user's grants in the group that have not ended, and whether the user is active */
export async function readStatuses(
  tx: Tx,
  membership: { integrationId: string; groupId: string; userId: string },
): Promise<{ statuses: GrantStatus[]; isActive: boolean }> {
  const rows = await tx.rows<{ status: GrantStatus; is_active: boolean }>(
    `SELECT g.status, coalesce(u.active AND NOT u.deleted, false) AS is_active FROM access_flow.grants g
     LEFT JOIN access_flow.users u ON u.integration_id = g.integration_id AND u.id = g.user_id
     WHERE g.integration_id = $1 AND g.group_id = $2 AND g.user_id = $3 AND g.status <> 'ended'`,
    [membership.integrationId, membership.groupId, membership.userId],
  );
  return { statuses: rows.map((row) => row.status), isActive: rows[0]?.is_active ?? false };
}

const TIME_COLUMN = { active: 'activated_at', ended: 'ended_at' } as const;

/** Sets the status that the target confirmed on the user's grants in the group. @returns the changed grants */
export async function confirmGrants(
  tx: Tx,
  membership: { integrationId: string; groupId: string; userId: string },
  status: 'active' | 'ended',
): Promise<GrantRow[]> {
  return tx.rows<GrantRow>(
    `UPDATE access_flow.grants SET status = '${status}', ${TIME_COLUMN[status]} = now(), version = version + 1
     WHERE integration_id = $1 AND group_id = $2 AND user_id = $3 AND status = ANY ($4) RETURNING ${GRANT_COLUMNS}`,
    [membership.integrationId, membership.groupId, membership.userId, beforeBecoming(status)],
  );
}
