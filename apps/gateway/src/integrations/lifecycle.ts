import { type Cause } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { findIntegration, type Integration, markSeen, updateStatus } from './integrations.queries.js';
import { lockStanding, type Standing } from './lifecycle.queries.js';
import { statusOf, type StatusAndReason } from './lifecycle.rule.js';
import { tell } from './integration-events.js';

/** How late the time of the last call may be: no more than one write a minute is worth it. */
const SEEN_EVERY_MS = 60_000;

/**
 * Remembers a call with a good credential: it connects the integration, if it is the first, and ends its being
 * disconnected. Writes at most once a minute.
 */
export async function noteCall(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  const before = await lockStanding(tx, integrationId);
  if (!before || before.status === 'disabled' || !isNews(before)) return;
  await markSeen(tx, integrationId);
  const { now, connectedAt } = before.observed;
  const next = statusOf({ ...before.observed, lastSeenAt: now, connectedAt: connectedAt ?? now });
  if (isSame(before, next)) return;
  const changed = await updateStatus(tx, integrationId, next);
  await tell(tx, connectedAt ? 'integration.updated' : 'integration.connected', changed, cause);
}

function isNews({ status, observed: { lastSeenAt, now } }: Standing): boolean {
  if (status === 'initializing' || status === 'disconnected' || !lastSeenAt) return true;
  return now.getTime() - lastSeenAt.getTime() >= SEEN_EVERY_MS;
}

/** Gives an integration the status that follows from what is known of it now, and tells it if that is another. */
export async function reviewStatus(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  const before = await lockStanding(tx, integrationId);
  const next = before && statusOf(before.observed);
  if (!next || isSame(before, next)) return;
  await tell(tx, 'integration.updated', await updateStatus(tx, integrationId, next), cause);
}

/**
 * Disables an integration, or ends that. What already is so is left as it is.
 * @returns the integration as it is then, or undefined when there is none
 */
export async function setDisabled(
  tx: Tx,
  integrationId: string,
  disabled: boolean,
  cause: Cause,
): Promise<Integration | undefined> {
  const before = await lockStanding(tx, integrationId);
  if (!before || before.observed.disabled === disabled) return findIntegration(tx, integrationId);
  const changed = await updateStatus(tx, integrationId, statusOf({ ...before.observed, disabled }), {
    actor: cause.actor,
    disables: disabled,
  });
  await tell(tx, 'integration.updated', changed, cause);
  return changed;
}

/** Whether nothing that people are told differs. */
export function isSame(a: StatusAndReason, b: StatusAndReason): boolean {
  return a.status === b.status && a.reason.code === b.reason.code && a.reason.detail === b.reason.detail;
}
