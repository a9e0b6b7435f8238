import { type Cause } from '@tidegate/contracts';
import { actorOf } from '../auth/actor.rule.js';
import { type ApiKeyCaller, type Person } from '../auth/caller.js';
import { type HttpCall } from '../http/call.js';

/** The caller of a route of /api/v1, which the guard let no stranger through to. */
export function knownCaller({ caller }: HttpCall): ApiKeyCaller | Person {
  if (!caller || caller.kind === 'scim') throw new Error('A call of /api/v1 without a caller (this is a bug).');
  return caller;
}

/**
 * The call as the cause of what it changes.
 * @param integrationId of the integration that it changes, when it is one
 */
export function causeOfCall(call: HttpCall, integrationId?: string): Cause {
  const { requestId, network } = call;
  return { requestId, actor: actorOf(knownCaller(call), { network, integrationId }) };
}
