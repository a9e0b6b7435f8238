import { type Cause } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { isDeepStrictEqual } from 'node:util';
import { SCHEMA } from '../common/schema.js';
import { afterChange, type CancelReason } from './after-change.rule.js';
import { type CurrentApprovers } from './approvers.rule.js';
import { cancelPending, lockAffected, setApprovers, type Affected } from './pending.queries.js';
import { requestEvent } from './request.events.js';

/** Effects of a change of a flow or of the directory on pending requests. */
export interface PendingUpdate {
  cancelled: number;
  /** Ids of the requests that became undecidable, to log. */
  undecidable: string[];
}

/**
 * Cancels the affected pending requests that their flow no longer allows, updates the approvers of the others, and records
 * the events. The flow must already be changed or locked in this transaction.
 */
export async function updatePending(
  tx: Tx,
  integrationId: string,
  affected: Affected,
  cause: Cause,
): Promise<PendingUpdate> {
  if (Object.values(affected).some((ids) => ids.length === 0)) return { cancelled: 0, undecidable: [] };
  const cancelled: { id: string; reason: CancelReason }[] = [];
  const changed: ({ id: string } & CurrentApprovers)[] = [];
  const undecidable: string[] = [];
  for (const request of await lockAffected(tx, integrationId, affected)) {
    const { id, approverIds } = request;
    const after = afterChange(request);
    if ('cancel' in after) cancelled.push({ id, reason: after.cancel });
    else if (!isDeepStrictEqual(after, { approverIds, undecidable: request.undecidable }))
      changed.push({ id, ...after });
    if ('undecidable' in after && after.undecidable && !request.undecidable) undecidable.push(id);
  }
  if (changed.length > 0) await setApprovers(tx, integrationId, changed);
  if (cancelled.length > 0) {
    const requests = await cancelPending(tx, integrationId, cancelled);
    await recordEvents(
      tx,
      SCHEMA,
      requests.map((request) => requestEvent(request, cause)),
    );
  }
  return { cancelled: cancelled.length, undecidable };
}
