import { causeOf, type Command, systemCause, type UnnamedFlow } from '@tidegate/contracts';
import { addJobs, recordEvents, type Tx } from '@tidegate/database';
import { newRequestId } from '@tidegate/observability';
import { SCHEMA } from '../common/schema.js';
import { type LockedInputs } from '../policy/access-inputs.js';
import { advance } from './advance.js';
import { requestEvent } from './request.events.js';
import { insertRequest, type NewRequest, REQUEST_EXPIRE } from './requests.queries.js';
import { addEntries } from './timeline.queries.js';

/**
 * Stores a request that was checked, and opens its first step. Without steps it is approved.
 * @param flow locked for share
 * @param locked the state of the access; its user must exist
 */
export async function openRequest(
  tx: Tx,
  command: Command,
  flow: UnnamedFlow,
  { users, inputs }: LockedInputs,
  asked: Omit<NewRequest, 'integrationId' | 'flowVersion' | 'deactivations' | 'requestedBy'>,
): Promise<void> {
  const { integrationId } = flow;
  const requester = users.get(asked.userId)!;
  const cause = causeOf(command);
  const row = await insertRequest(tx, {
    ...asked,
    integrationId,
    flowVersion: flow.version,
    deactivations: requester.deactivations,
    requestedBy: cause.actor,
  });
  await addEntries(tx, cause.actor, [{ request: row, kind: 'created' }]);
  await recordEvents(tx, SCHEMA, [requestEvent(row, cause)]);
  const request = { ...row, reviews: [], isOver: false };
  const { isPending } = await advance(tx, request, flow, { requester, inputs }, cause);
  if (!isPending) return;
  const job = { kind: REQUEST_EXPIRE, integrationId, key: row.id, at: row.expiresAt };
  await addJobs(tx, SCHEMA, [{ ...job, ...systemCause('expiry', newRequestId()) }]);
}
