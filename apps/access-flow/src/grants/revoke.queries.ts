import { addJobs, recordEvents, type Tx } from '@tidegate/database';
import { type AccessEnd, endBinds, type EndSubject } from './access-end.js';
import { SCHEMA } from '../common/schema.js';
import { type Membership, membershipJob } from './target.js';
import { beforeBecoming } from './grant.rule.js';
import { GRANT_COLUMNS, type GrantRow, grantEvent } from './grants.queries.js';

/** Conditions on grants; $2 is the subject id. */
const CONDITIONS: Record<EndSubject['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'request_id IN (SELECT r.id FROM access_flow.requests r WHERE r.integration_id = $1 AND r.flow_id = $2)',
  integration: 'integration_id = $2',
  grant: 'id = $2',
  expiredGrant: 'id = $2 AND ends_at <= now()',
};

/**
 * Sets grants to `revoking`, records the events and adds urgent jobs for the target. The subject (user, group, flow,
 * integration) must be locked, so that no grant is created meanwhile.
 *
 * It does not wait for calls of targets. Jobs are locked before grants, as in the target's jobs, to avoid deadlocks with them.
 *
 * @returns the number of revoked grants
 */
export async function revokeGrants(tx: Tx, integrationId: string, end: AccessEnd): Promise<number> {
  const condition = `integration_id = $1 AND ${CONDITIONS[end.subject.kind]} AND deactivations < $3::bigint AND status = ANY ($4)`;
  const binds = [...endBinds(integrationId, end.subject), beforeBecoming('revoking')];
  const memberships = await tx.rows<Omit<Membership, 'integrationId'>>(
    `SELECT DISTINCT group_id AS "groupId", user_id AS "userId" FROM access_flow.grants WHERE ${condition}`,
    binds,
  );
  if (memberships.length === 0) return 0;
  const jobs = memberships.map((membership) => membershipJob({ integrationId, ...membership }, end.cause, true));
  await addJobs(tx, SCHEMA, jobs);
  const rows = await tx.rows<GrantRow>(
    `UPDATE access_flow.grants SET status = 'revoking', end_reason = $5, revoked_by = $6, revoking_at = now(), version = version + 1
     WHERE ${condition} RETURNING ${GRANT_COLUMNS}`,
    [...binds, end.reason, JSON.stringify(end.cause.actor)],
  );
  await recordEvents(
    tx,
    SCHEMA,
    rows.map((row) => grantEvent('grant.revoking', row, end.cause)),
  );
  return rows.length;
}
