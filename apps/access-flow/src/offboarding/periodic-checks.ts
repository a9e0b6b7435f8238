import { approverSources, BEFORE_ALL, type Cause, termsOf } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { MANAGERS_AT_ONCE, managersOf } from '../directory/managers.queries.js';
import { listAllFlows } from '../policy/flows.queries.js';
import { cancelRequests } from '../requests/cancel-requests.js';
import { lockPending } from '../requests/cancel.queries.js';
import { type Ended, recheck } from '../requests/recheck.js';
import { extensionsOfEndedGrants, pendingManagers, staleRequests } from '../requests/pending.queries.js';
import { addApproverJobs } from '../requests/approvers.jobs.js';

/**
 * Finds the approvers again of pending requests with an approver who left, or that no user could decide. Most such changes
 * are handled with their events, but a request that is made at the same time is missed.
 */
export async function recheckApprovers(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  await addApproverJobs(tx, integrationId, await staleRequests(tx, integrationId), cause);
}

/**
 * Finds the approvers again of pending requests whose manager resolves to another user than when their step opened. A manager
 * changes with attributes of the manager, or with the setting of the integration, which no event of the request's user announces.
 */
export async function recheckManagers(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  const flows = (await listAllFlows(tx, integrationId)).filter((flow) =>
    approverSources(flow).some(({ kind }) => kind === 'manager'),
  );
  if (flows.length === 0) return;
  const flowIds = flows.map(({ id }) => id);
  for (let after = BEFORE_ALL; ;) {
    const pending = await pendingManagers(tx, integrationId, flowIds, after, MANAGERS_AT_ONCE);
    if (pending.length === 0) return;
    after = pending.at(-1)!.id;
    const managers = await managersOf(tx, integrationId, [...new Set(pending.map(({ userId }) => userId))]);
    const changed = pending.filter(({ userId, managerId }) => {
      const now = managers.get(userId);
      return (now && 'managerId' in now ? now.managerId : null) !== managerId;
    });
    const ids = changed.map(({ id }) => id);
    await addApproverJobs(tx, integrationId, ids, cause);
  }
}

/**
 * Ends access that conditions on the manager no longer allow.
 * @returns what ended
 */
export async function recheckConditions(tx: Tx, integrationId: string, cause: Cause): Promise<Ended> {
  const flows = (await listAllFlows(tx, integrationId)).filter(({ eligibility }) =>
    termsOf(eligibility, '').some(({ term }) => term.kind === 'manager'),
  );
  return recheck(tx, integrationId, { flowIds: flows.map(({ id }) => id) }, cause);
}

/** Cancels the requests to extend grants that have ended. @returns their number */
export async function recheckExtensions(tx: Tx, integrationId: string, cause: Cause): Promise<number> {
  const ids = await extensionsOfEndedGrants(tx, integrationId);
  if (ids.length === 0) return 0;
  const subject = { kind: 'requests', ids } as const;
  await lockPending(tx, integrationId, subject);
  return cancelRequests(tx, integrationId, { subject, reason: 'grant_ended', cause });
}
