import { refusalOf } from '../http/errors.js';
import { errors } from 'oidc-provider';

const FOREIGN_KEY_VIOLATION = '23503';

/** What cannot be answered now is 429: of all errors Okta comes again after that one alone. */
export function oauthFault(error: unknown): unknown {
  if ((error as { code?: unknown }).code === FOREIGN_KEY_VIOLATION) return new errors.InvalidGrant('the grant is gone');
  const refusal = refusalOf(error);
  if (refusal?.code !== 'deadline' && refusal?.code !== 'unavailable') return error;
  return notNow(refusal.message);
}

/** 429 with OAuth's word for it. */
export const notNow = (message: string): Error =>
  Object.assign(new errors.TemporarilyUnavailable(message), { status: 429, statusCode: 429 });
