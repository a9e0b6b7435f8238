import { type Cause } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { isDeepStrictEqual } from 'node:util';
import { SCHEMA } from '../schema.js';
import { afterChange, type CancelReason } from './after-change.rule.js';
import { type Deciders } from './approvers.rule.js';
import { cancelPending, lockTouched, setDeciders, type Touched } from './pending.queries.js';
import { requestEvent } from './requests.queries.js';

/** What a change of a flow, or of the directory, did to pending requests. */
export interface Settled {
  cancelled: number;
  /** Requests that no one can decide any more: for the alarm. */
  undecidable: string[];
}

/**
 * Cancels the pending requests that no longer fit their flow, and gives the others to those who may decide them now. The
 * flow must be changed or locked before, in this transaction.
 */
export async function settlePending(tx: Tx, integrationId: string, touched: Touched, cause: Cause): Promise<Settled> {
  if (Object.values(touched).some((ids) => ids.length === 0)) return { cancelled: 0, undecidable: [] };
  const cancelled: { id: string; reason: CancelReason }[] = [];
  const changed: ({ id: string } & Deciders)[] = [];
  const undecidable: string[] = [];
  for (const request of await lockTouched(tx, integrationId, touched)) {
    const { id, approverIds } = request;
    const after = afterChange(request);
    if ('cancel' in after) cancelled.push({ id, reason: after.cancel });
    else if (!isDeepStrictEqual(after, { approverIds, undecidable: request.undecidable }))
      changed.push({ id, ...after });
    if ('undecidable' in after && after.undecidable && !request.undecidable) undecidable.push(id);
  }
  if (changed.length > 0) await setDeciders(tx, integrationId, changed);
  if (cancelled.length > 0) {
    const rows = await cancelPending(tx, integrationId, cancelled);
    await recordEvents(
      tx,
      SCHEMA,
      rows.map((row) => requestEvent(row, cause)),
    );
  }
  return { cancelled: cancelled.length, undecidable };
}
