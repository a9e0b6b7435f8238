import { type Cause } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type IntegrationEntity } from './integration.entity.js';
import { findIntegration, markSeen, updateStatus } from './integrations.queries.js';
import { lockStatusSnapshot, type StatusSnapshot } from './lifecycle.queries.js';
import { statusOf, type StatusAndReason } from './lifecycle.rule.js';
import { recordChange } from './integration.events.js';

/** Limits writes of the time of the last call to one per minute. */
const SEEN_EVERY_MS = 60_000;

/**
 * Records an authenticated SCIM call, at most once a minute. The first call makes the integration connected; a call also
 * ends the status `disconnected`.
 */
export async function recordCall(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  const before = await lockStatusSnapshot(tx, integrationId);
  if (!before || before.status === 'disabled' || !mustRecord(before)) return;
  await markSeen(tx, integrationId);
  const { now, connectedAt } = before.observed;
  const next = statusOf({ ...before.observed, lastSeenAt: now, connectedAt: connectedAt ?? now });
  if (isSame(before, next)) return;
  const changed = await updateStatus(tx, integrationId, next);
  await recordChange(tx, connectedAt ? 'integration.updated' : 'integration.connected', changed, cause);
}

function mustRecord({ status, observed: { lastSeenAt, now } }: StatusSnapshot): boolean {
  if (status === 'initializing' || status === 'disconnected' || !lastSeenAt) return true;
  return now.getTime() - lastSeenAt.getTime() >= SEEN_EVERY_MS;
}

/** Recomputes the status of an integration; saves it and records an event if it changed. */
export async function refreshStatus(tx: Tx, integrationId: string, cause: Cause): Promise<void> {
  const before = await lockStatusSnapshot(tx, integrationId);
  const next = before && statusOf(before.observed);
  if (!next || isSame(before, next)) return;
  await recordChange(tx, 'integration.updated', await updateStatus(tx, integrationId, next), cause);
}

/**
 * Disables or enables an integration. Does nothing if it already is.
 * @returns the resulting integration, or undefined when it does not exist
 */
export async function setDisabled(
  tx: Tx,
  integrationId: string,
  disabled: boolean,
  cause: Cause,
): Promise<IntegrationEntity | undefined> {
  const before = await lockStatusSnapshot(tx, integrationId);
  if (!before || before.observed.disabled === disabled) return findIntegration(tx, integrationId);
  const changed = await updateStatus(tx, integrationId, statusOf({ ...before.observed, disabled }), {
    actor: cause.actor,
    disables: disabled,
  });
  await recordChange(tx, 'integration.updated', changed, cause);
  return changed;
}

/** Whether status, reason code and detail are equal. */
export function isSame(a: StatusAndReason, b: StatusAndReason): boolean {
  return a.status === b.status && a.reason.code === b.reason.code && a.reason.detail === b.reason.detail;
}
