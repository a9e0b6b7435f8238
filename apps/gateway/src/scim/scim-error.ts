import { REFUSALS } from '@tidegate/contracts';
import { type ScimErrorBody, scimErrorBody, type ScimErrorCode } from '@tidegate/scim';
import { refusalToSend } from '../http/errors.js';
import { InvalidFields } from '../http/invalid-fields.error.js';

/**
 * Maps refusals to SCIM errors. Timeouts and outages become 429, the only status that Okta retries
 * (https://developer.okta.com/docs/concepts/scim/).
 */
const IN_SCIM: Record<keyof typeof REFUSALS, ScimErrorCode> = {
  notAllowed: 'forbidden',
  missing: 'notFound',
  conflict: 'uniqueness',
  invalid: 'invalidValue',
  unavailable: 'tooManyRequests',
  deadline: 'tooManyRequests',
  internal: 'internal',
};

const isBeyondScim = (code: string): code is keyof typeof REFUSALS => Object.hasOwn(REFUSALS, code);

/** @returns the SCIM Error body for an error; unknown errors become a 500 without details */
export function scimErrorOf(error: unknown): ScimErrorBody {
  if (error instanceof InvalidFields) return scimErrorBody('invalidValue', error.message);
  const { code, detail } = refusalToSend(error);
  if (code === 'unavailable' || code === 'deadline')
    return scimErrorBody('tooManyRequests', 'Tidegate could not respond in time. Retry the request.');
  return scimErrorBody(isBeyondScim(code) ? IN_SCIM[code] : code, detail);
}
