import { type Cause, type GrantEndReason, type RequestStatusReason, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { revokeGrants } from '../grants/revoke-grants.js';
import { matches } from '../policy/condition.rule.js';
import { neededFacts, readFacts } from '../policy/facts.js';
import { findFlows } from '../policy/flows.queries.js';
import { cancelRequests } from './cancel-requests.js';
import { type LiveAccess, liveAccess, type Scope } from './recheck.queries.js';
import { lockRequests } from './requests.queries.js';

/** Users per statement. */
const USERS_AT_ONCE = 500;

/** What a change ended. */
export interface Ended {
  /** Number of grants. */
  grants: number;
  /** Number of cancelled requests. */
  requests: number;
}

/**
 * Ends access that the flows no longer allow after a change of a flow or of the directory: cancels pending requests whose
 * group is no longer offered or whose user is no longer eligible, and revokes such users' grants under flows that end them.
 *
 * The change must be made and locked in this transaction, so that a concurrent decision waits for it or sees it.
 */
export async function recheck(tx: Tx, integrationId: string, scope: Scope, cause: Cause): Promise<Ended> {
  const live = await liveAccess(tx, integrationId, scope);
  if (live.length === 0) return { grants: 0, requests: 0 };
  const flows = await findFlows(tx, integrationId, [...new Set(live.map(({ flowId }) => flowId))]);
  const isEligible = await eligibility(tx, integrationId, live, flows);
  const lost = live.filter((access) => !isEligible(access));
  const notOffered = live.filter(
    (access) => access.kind === 'request' && !flows.get(access.flowId)?.groupIds.includes(access.groupId),
  );
  const requests =
    (await cancel(tx, integrationId, requestIds(lost), 'requester_not_eligible', cause)) +
    (await cancel(tx, integrationId, requestIds(notOffered), 'group_not_offered', cause));
  const ends = lost.filter(({ kind, flowId }) => kind === 'grant' && flows.get(flowId)?.whenIneligible === 'end');
  const grants = await revoke(
    tx,
    integrationId,
    ends.map(({ id }) => id),
    'requester_not_eligible',
    cause,
  );
  return { grants, requests };
}

/** @returns whether the user of an access matches the condition of its flow */
async function eligibility(
  tx: Tx,
  integrationId: string,
  live: readonly LiveAccess[],
  flows: ReadonlyMap<string, UnnamedFlow>,
): Promise<(access: LiveAccess) => boolean> {
  const needed = neededFacts([...flows.values()]);
  const userIds = [...new Set(live.map(({ userId }) => userId))];
  const eligible = new Set<string>();
  for (let at = 0; at < userIds.length; at += USERS_AT_ONCE) {
    const persons = await readFacts(tx, integrationId, userIds.slice(at, at + USERS_AT_ONCE), needed);
    for (const { id, flowId, userId } of live) {
      const [flow, person] = [flows.get(flowId), persons.get(userId)];
      if (flow && person && matches(flow.eligibility, person)) eligible.add(id);
    }
  }
  return ({ id }) => eligible.has(id);
}

const requestIds = (live: readonly LiveAccess[]) => live.flatMap(({ kind, id }) => (kind === 'request' ? [id] : []));

async function cancel(tx: Tx, integrationId: string, ids: string[], reason: RequestStatusReason, cause: Cause) {
  if (ids.length === 0) return 0;
  await lockRequests(tx, integrationId, ids);
  return cancelRequests(tx, integrationId, { subject: { kind: 'requests', ids }, reason, cause });
}

async function revoke(tx: Tx, integrationId: string, ids: string[], reason: GrantEndReason, cause: Cause) {
  if (ids.length === 0) return 0;
  return revokeGrants(tx, integrationId, { subject: { kind: 'grants', ids }, reason, cause });
}
