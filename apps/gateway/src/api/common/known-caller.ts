import { type Cause } from '@tidegate/contracts';
import { actorOf } from '../../callers/actor.rule.js';
import { type ApiKeyCaller, type Person } from '../../callers/caller.js';
import { type HttpCall } from '../../callers/call.js';

/** @returns the caller of a route of /api/v1; the guard has authenticated it */
export function apiCaller({ caller }: HttpCall): ApiKeyCaller | Person {
  if (!caller || caller.kind === 'scim') throw new Error('Bug: a call of /api/v1 has no caller.');
  return caller;
}

/**
 * @param integrationId the changed integration, when it is exactly one; the actor then includes the user there
 * @returns the cause to record with changes that the call makes
 */
export function causeOfCall(call: HttpCall, integrationId?: string): Cause {
  const { requestId, network } = call;
  return { requestId, actor: actorOf(apiCaller(call), { network, integrationId }) };
}
