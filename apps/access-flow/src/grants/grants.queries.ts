import {
  type Cause,
  type GrantEndReason,
  type GrantRecord,
  type GrantState,
  type GrantStatus,
  type GroupInUse,
} from '@tidegate/contracts';
import { type Told, type Tx } from '@tidegate/database';
import { type Slice } from '../commands/input.js';
import { beforeBecoming } from './grant.rule.js';

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
}

export const GRANT_COLUMNS = [
  'id, integration_id, request_id, user_id, group_id, status, end_reason, ends_at, created_at, activated_at',
  'revoking_at, ended_at, version',
].join(', ');

const state = (row: GrantRow): GrantState => ({
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
  ...state(row),
  integrationId: row.integration_id,
  createdAt: row.created_at.toISOString(),
  activatedAt: row.activated_at?.toISOString() ?? null,
  revokingAt: row.revoking_at?.toISOString() ?? null,
  endedAt: row.ended_at?.toISOString() ?? null,
});

export type GrantFactName = 'grant.activated' | 'grant.revoking' | 'grant.extended' | 'grant.ended';

export function toldGrant(name: GrantFactName, row: GrantRow, cause: Cause): Told {
  return {
    name,
    integrationId: row.integration_id,
    subject: row.id,
    version: row.version,
    ...cause,
    data: state(row),
  };
}

export interface NewGrant {
  id: string;
  integrationId: string;
  requestId: string;
  userId: string;
  groupId: string;
  /** How often the user had been deactivated, read under lock in this transaction. */
  deactivations: number;
  durationSeconds: number;
}

/** The grant's time runs from now, by the database's clock. */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.grants (integration_id, id, request_id, user_id, group_id, status, deactivations, starts_at,
       ends_at)
     VALUES ($1, $2, $3, $4, $5, 'activating', $6, now(), now() + make_interval(secs => $7))`,
    [
      grant.integrationId,
      grant.id,
      grant.requestId,
      grant.userId,
      grant.groupId,
      grant.deactivations,
      grant.durationSeconds,
    ],
  );
}

export async function findGrant(tx: Tx, integrationIds: string[], id: string): Promise<GrantRow | undefined> {
  return tx.row<GrantRow>(
    `SELECT ${GRANT_COLUMNS} FROM access_flow.grants WHERE integration_id = ANY ($1::uuid[]) AND id = $2`,
    [integrationIds, id],
  );
}

export interface GrantFilter {
  status: GrantStatus | null;
  userId: string | null;
}

/** @returns newest first, one more than the limit when there are more */
export async function listGrants(
  tx: Tx,
  integrationIds: string[],
  filter: GrantFilter,
  slice: Slice,
): Promise<GrantRow[]> {
  return tx.rows<GrantRow>(
    `SELECT ${GRANT_COLUMNS} FROM access_flow.grants
     WHERE integration_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR id < $2)
       AND ($3::text IS NULL OR status = $3) AND ($4::uuid IS NULL OR user_id = $4)
     ORDER BY id DESC LIMIT $5`,
    [integrationIds, slice.after, filter.status, filter.userId, slice.limit + 1],
  );
}

/**
 * Moves the end of an active grant, but not beyond what its flow allows in all.
 * @returns the grant, or undefined when it is not active, is over, or would last too long
 */
export async function extendGrant(
  tx: Tx,
  integrationId: string,
  id: string,
  durationSeconds: number,
): Promise<GrantRow | undefined> {
  return tx.row<GrantRow>(
    `UPDATE access_flow.grants g SET ends_at = g.ends_at + make_interval(secs => $3), version = g.version + 1
     FROM access_flow.requests r JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
     WHERE g.integration_id = $1 AND g.id = $2 AND g.status = 'active' AND g.ends_at > now()
       AND r.integration_id = $1 AND r.id = g.request_id
       AND g.ends_at + make_interval(secs => $3) <= g.starts_at + make_interval(secs => f.max_duration_seconds)
     RETURNING ${GRANT_COLUMNS.replaceAll(/\w+/g, 'g.$&')}`,
    [integrationId, id, durationSeconds],
  );
}

/** @returns how many grants may still begin to end */
export async function countLive(tx: Tx, integrationIds: string[]): Promise<number> {
  const row = await tx.row<{ count: number }>(
    `SELECT count(*)::float8 AS count FROM access_flow.grants
     WHERE integration_id = ANY ($1::uuid[]) AND status <> 'ended' AND status = ANY ($2)`,
    [integrationIds, beforeBecoming('revoking')],
  );
  return row?.count ?? 0;
}

/** @returns the groups of which grants may still begin to end, or requests wait, by id; one more than the limit when there are more */
export async function groupsInUse(tx: Tx, integrationIds: string[], slice: Slice): Promise<GroupInUse[]> {
  return tx.rows<GroupInUse>(
    `SELECT group_id AS "groupId", sum(grants)::float8 AS "liveGrants", sum(requests)::float8 AS "openRequests"
     FROM (
       SELECT group_id, 1 AS grants, 0 AS requests FROM access_flow.grants
       WHERE integration_id = ANY ($1::uuid[]) AND status <> 'ended' AND status = ANY ($4)
       UNION ALL
       SELECT group_id, 0, 1 FROM access_flow.requests WHERE integration_id = ANY ($1::uuid[]) AND status = 'pending'
     ) AS used WHERE $2::uuid IS NULL OR group_id > $2 GROUP BY group_id ORDER BY group_id LIMIT $3`,
    [integrationIds, slice.after, slice.limit + 1, beforeBecoming('revoking')],
  );
}

/** What the user's grants in the group are, of those that have not ended. */
export async function statusesOf(
  tx: Tx,
  membership: { integrationId: string; groupId: string; userId: string },
): Promise<{ statuses: GrantStatus[]; mayHold: boolean }> {
  const rows = await tx.rows<{ status: GrantStatus; may_hold: boolean }>(
    `SELECT g.status, coalesce(u.active AND NOT u.deleted, false) AS may_hold FROM access_flow.grants g
     LEFT JOIN access_flow.users u ON u.integration_id = g.integration_id AND u.id = g.user_id
     WHERE g.integration_id = $1 AND g.group_id = $2 AND g.user_id = $3 AND g.status <> 'ended'`,
    [membership.integrationId, membership.groupId, membership.userId],
  );
  return { statuses: rows.map((row) => row.status), mayHold: rows[0]?.may_hold ?? false };
}

const MOMENT = { active: 'activated_at', ended: 'ended_at' } as const;

/** Moves the user's grants in the group to what the target confirmed. @returns those that moved */
export async function confirmGrants(
  tx: Tx,
  membership: { integrationId: string; groupId: string; userId: string },
  status: 'active' | 'ended',
): Promise<GrantRow[]> {
  return tx.rows<GrantRow>(
    `UPDATE access_flow.grants SET status = '${status}', ${MOMENT[status]} = now(), version = version + 1
     WHERE integration_id = $1 AND group_id = $2 AND user_id = $3 AND status = ANY ($4) RETURNING ${GRANT_COLUMNS}`,
    [membership.integrationId, membership.groupId, membership.userId, beforeBecoming(status)],
  );
}
