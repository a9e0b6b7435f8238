import { type GrantEndReason, type Actor } from '@tidegate/contracts';
import { columnsOf, type Tx } from '@tidegate/database';
import { endBinds, type EndSubject } from './access-end.js';
import { GrantEntity } from './grant.entity.js';
import { beforeBecoming } from './grant.rule.js';
import { type Membership } from './target.js';

/** Selects the grants to revoke. */
export type GrantSubject = Exclude<EndSubject, { kind: 'requests' }>;

/** Conditions on grants; $2 is the subject id, or the ids of the grants. */
const CONDITIONS: Record<GrantSubject['kind'], string> = {
  user: 'user_id = $2',
  group: 'group_id = $2',
  flow: 'flow_id = $2',
  integration: 'integration_id = $2',
  grant: 'id = $2',
  grants: 'id = ANY ($2::uuid[])',
  expiredGrant: 'id = $2 AND ends_at <= now()',
};

/** The condition on the grants that end, with $1 to $4. */
const ending = ({ kind }: GrantSubject) =>
  `integration_id = $1 AND ${CONDITIONS[kind]} AND deactivations < $3::bigint AND status = ANY ($4)`;

/** @returns the memberships of the grants of a subject that are not revoked yet */
export async function membershipsToRevoke(tx: Tx, integrationId: string, subject: GrantSubject): Promise<Membership[]> {
  const rows = await tx.rows<Omit<Membership, 'integrationId'>>(
    `SELECT DISTINCT group_id AS "groupId", user_id AS "userId" FROM access_flow.grants WHERE ${ending(subject)}`,
    [...endBinds(integrationId, subject), beforeBecoming('revoking')],
  );
  return rows.map((row) => ({ integrationId, ...row }));
}

/** Sets the grants of a subject to `revoking`. @returns the changed grants */
export function setRevoking(
  tx: Tx,
  integrationId: string,
  subject: GrantSubject,
  { reason, revokedBy, comment }: { reason: GrantEndReason; revokedBy: Actor; comment: string | undefined },
): Promise<GrantEntity[]> {
  return tx.rows<GrantEntity>(
    `UPDATE access_flow.grants SET status = 'revoking', end_reason = $5, revoked_by = $6, end_comment = $7, revoking_at = now(), version = version + 1
     WHERE ${ending(subject)} RETURNING ${columnsOf(GrantEntity)}`,
    [
      ...endBinds(integrationId, subject),
      beforeBecoming('revoking'),
      reason,
      JSON.stringify(revokedBy),
      comment ?? null,
    ],
  );
}
