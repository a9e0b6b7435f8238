import {
  approverSources,
  type FutureStep,
  isUuid,
  type ListRequestable,
  Refusal,
  type RequestableRecord,
  type UnnamedFlow,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { IS_AVAILABLE, IS_MEMBER } from '../directory/groups.queries.js';
import { beforeBecoming } from '../grants/grant.rule.js';
import { flowsOfMembers } from '../policy/visible-flows.js';
import { whyNotRequestFor } from './may-request.rule.js';

/** A group that a user can request under a flow, without names and state. */
interface Offer {
  flow: UnnamedFlow;
  userId: string;
  groupId: string;
}

type OfferState = Omit<
  RequestableRecord,
  'flowId' | 'flowName' | 'minDurationSeconds' | 'maxDurationSeconds' | 'priority' | 'steps' | 'endsAt'
> & { flowId: string; endsAt: Date | null };

/** The names and the state of the offers of one integration, in the order of the ids. */
const STATEMENT = `
  SELECT p.flow_id AS "flowId", $1::uuid AS "integrationId", p.user_id AS "userId", me.user_name AS "userName",
    me.display_name AS "userDisplayName", p.group_id AS "groupId", g.display_name AS "groupName",
    EXISTS (SELECT 1 FROM access_flow.members m WHERE m.integration_id = $1 AND m.group_id = p.group_id
      AND m.user_id = p.user_id AND ${IS_MEMBER}) AS "alreadyMember",
    live.id AS "grantId", live.ends_at AS "endsAt",
    (SELECT r.id FROM access_flow.requests r
      WHERE r.integration_id = $1 AND r.group_id = p.group_id AND r.user_id = p.user_id AND r.kind = 'access'
        AND r.status = 'pending' ORDER BY r.flow_id <> p.flow_id, r.id LIMIT 1) AS "requestId"
  FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS p (flow_id, group_id, user_id)
  JOIN access_flow.users me ON me.integration_id = $1 AND me.id = p.user_id
  JOIN access_flow.groups g ON g.integration_id = $1 AND g.id = p.group_id AND ${IS_AVAILABLE}
  LEFT JOIN LATERAL (
    SELECT t.id, t.ends_at FROM access_flow.grants t
    WHERE t.integration_id = $1 AND t.group_id = p.group_id AND t.user_id = p.user_id
      AND t.status <> 'ended' AND t.status = ANY ($5) AND t.ends_at > now() ORDER BY t.ends_at DESC, t.id LIMIT 1
  ) live ON true
  ORDER BY p.flow_id, p.group_id, p.user_id`;

/**
 * @param userIds users of the integrations; others have no rows
 * @param asMember whether the users ask for themselves; otherwise the list is what an administrator can request for them
 * @param cursor the result of `requestableCursor` for the last row of the previous page
 * @param stepsOf resolves who would decide a request
 * @returns what the active ones among the users can request, by flow and group, at most `limit` + 1
 * @throws Refusal `invalid` for another cursor
 */
export async function listRequestable(
  tx: Tx,
  integrationIds: string[],
  { userIds, asMember = false, cursor, limit }: Omit<ListRequestable, 'integrationId'>,
  stepsOf: (flow: UnnamedFlow, access: { userId: string; groupId: string }) => Promise<FutureStep[]>,
): Promise<RequestableRecord[]> {
  const after = positionOf(cursor);
  const known = await tx.rows<{ integrationId: string; userId: string }>(
    `SELECT u.integration_id AS "integrationId", u.id AS "userId" FROM unnest($1::uuid[]) AS i (id)
     CROSS JOIN unnest($2::uuid[]) AS me (id)
     JOIN access_flow.users u ON u.integration_id = i.id AND u.id = me.id`,
    [integrationIds, userIds],
  );
  const offers = (await flowsOfMembers(tx, known)).flatMap(({ userId, eligible }) => {
    const member = asMember ? { userId, isActive: true, isEligible: true, isManager: false } : undefined;
    return eligible
      .filter((flow) => !whyNotRequestFor(flow, userId, member))
      .flatMap((flow) => flow.groupIds.map((groupId): Offer => ({ flow, userId, groupId })));
  });
  const page = offers
    .map((offer) => ({ ...offer, key: [offer.flow.id, offer.groupId, offer.userId].join('.') }))
    .filter(({ key }) => key > after)
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const records: RequestableRecord[] = [];
  const stepsByKey = new Map<string, FutureStep[]>();
  const stepsOfOffer = async ({ flow, userId, groupId }: Offer): Promise<FutureStep[]> => {
    // The approvers of two groups of one flow differ only if owners of the group are among them.
    const byGroup = approverSources(flow).some(({ kind }) => kind === 'group_owners');
    const key = [flow.id, userId, byGroup ? groupId : ''].join();
    const steps = stepsByKey.get(key) ?? (await stepsOf(flow, { userId, groupId }));
    stepsByKey.set(key, steps);
    return steps;
  };
  // An offered group can be missing in the directory, so a page can need more offers than it has rows.
  for (let at = 0; at < page.length && records.length <= limit; at += limit + 1) {
    for (const { offer, state } of await withState(tx, page.slice(at, at + limit + 1))) {
      if (records.length > limit) break;
      const { flow } = offer;
      records.push({
        ...state,
        flowName: flow.name,
        minDurationSeconds: flow.minDurationSeconds,
        maxDurationSeconds: flow.maxDurationSeconds,
        priority: flow.priority,
        steps: await stepsOfOffer(offer),
        endsAt: state.endsAt?.toISOString() ?? null,
      });
    }
  }
  return records;
}

/** @returns the available ones among the offers with their state, in their order */
async function withState(tx: Tx, offers: readonly Offer[]): Promise<{ offer: Offer; state: OfferState }[]> {
  const byIntegration = new Map<string, Offer[]>();
  for (const offer of offers) {
    const { integrationId } = offer.flow;
    byIntegration.set(integrationId, [...(byIntegration.get(integrationId) ?? []), offer]);
  }
  const found: { offer: Offer; state: OfferState }[] = [];
  for (const [integrationId, own] of byIntegration) {
    const rows = await tx.rows<OfferState>(STATEMENT, [
      integrationId,
      own.map(({ flow }) => flow.id),
      own.map(({ groupId }) => groupId),
      own.map(({ userId }) => userId),
      beforeBecoming('revoking'),
    ]);
    for (const state of rows) {
      const offer = own.find(
        ({ flow, userId, groupId }) => flow.id === state.flowId && userId === state.userId && groupId === state.groupId,
      );
      if (offer) found.push({ offer, state });
    }
  }
  return found.sort((one, other) => (requestableCursor(one.state) < requestableCursor(other.state) ? -1 : 1));
}

export const requestableCursor = ({
  flowId,
  groupId,
  userId,
}: Pick<RequestableRecord, 'flowId' | 'groupId' | 'userId'>): string => [flowId, groupId, userId].join('.');

/** @returns a key before all others without a cursor */
function positionOf(cursor: string | undefined): string {
  if (cursor === undefined) return '';
  const ids = cursor.split('.');
  if (ids.length === 3 && ids.every(isUuid)) return cursor.toLowerCase();
  throw new Refusal('invalid', 'The cursor is invalid: use the nextCursor of the previous page.');
}
