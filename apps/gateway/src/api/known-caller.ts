import { type KeyHolder, type Person } from '../auth/caller.js';
import { type HttpCall } from '../http/call.js';

/** The caller of a route of /api/v1, which the guard let no stranger through to. */
export function knownCaller({ caller }: HttpCall): KeyHolder | Person {
  if (!caller || caller.kind === 'scim') throw new Error('A call of /api/v1 without a caller (this is a bug).');
  return caller;
}
