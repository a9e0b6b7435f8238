import { refusalOf } from '../http/errors.js';
import { errors } from 'oidc-provider';

const FOREIGN_KEY_VIOLATION = '23503';

/** @returns the error for `oidc-provider`; temporary errors are 429, the only status that Okta retries */
export function oauthFault(error: unknown): unknown {
  if ((error as { code?: unknown }).code === FOREIGN_KEY_VIOLATION)
    return new errors.InvalidGrant('the grant was revoked');
  const refusal = refusalOf(error);
  if (refusal?.code !== 'deadline' && refusal?.code !== 'unavailable') return error;
  return temporarilyUnavailable(refusal.message);
}

/** @returns the OAuth error `temporarily_unavailable` with status 429 */
export const temporarilyUnavailable = (message: string): Error =>
  Object.assign(new errors.TemporarilyUnavailable(message), { status: 429, statusCode: 429 });
