import { addJobs, recordEvents, type Tx } from '@tidegate/database';
import { SCHEMA } from '../common/schema.js';
import { type AccessEnd } from './access-end.js';
import { type GrantEntity } from './grant.entity.js';
import { grantEvent } from './grant.events.js';
import { type GrantSubject, membershipsToRevoke, setRevoking } from './revoke.queries.js';
import { membershipJob } from './target.js';

/** Revokes grants as `revokeEach`. @returns the number of revoked grants */
export async function revokeGrants(tx: Tx, integrationId: string, end: AccessEnd<GrantSubject>): Promise<number> {
  return (await revokeEach(tx, integrationId, end)).length;
}

/**
 * Sets grants to `revoking`, records the events and adds urgent jobs for the target. The subject (user, group, flow,
 * integration) must be locked, so that no grant is created meanwhile.
 *
 * It does not wait for calls of targets. Jobs are locked before grants, as in the target's jobs, to avoid deadlocks with them.
 *
 * @returns the revoked grants
 */
export async function revokeEach(
  tx: Tx,
  integrationId: string,
  { subject, reason, cause, comment }: AccessEnd<GrantSubject>,
): Promise<GrantEntity[]> {
  const memberships = await membershipsToRevoke(tx, integrationId, subject);
  if (memberships.length === 0) return [];
  const jobs = memberships.map((membership) => membershipJob(membership, cause, true));
  await addJobs(tx, SCHEMA, jobs);
  const grants = await setRevoking(tx, integrationId, subject, { reason, revokedBy: cause.actor, comment });
  await recordEvents(
    tx,
    SCHEMA,
    grants.map((grant) => grantEvent('grant.revoking', grant, cause)),
  );
  return grants;
}
