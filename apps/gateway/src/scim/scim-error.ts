import { REFUSALS, Refusal } from '@tidegate/contracts';
import { type ScimErrorBody, scimErrorBody, type ScimErrorCode } from '@tidegate/scim';
import { refusalOf } from '../http/errors.js';
import { InvalidFields } from '../http/invalid-fields.js';

/**
 * Refusals beyond RFC 7644, in its words. What could not be answered is 429: of all statuses Okta repeats that alone
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

/** @returns the Error body that tells an error over SCIM; anything unknown is a 500 that tells nothing */
export function scimErrorOf(error: unknown): ScimErrorBody {
  if (error instanceof InvalidFields) return scimErrorBody('invalidValue', error.message);
  const { code, detail } = refusalOf(error) ?? new Refusal('internal', 'Something went wrong on our side.');
  if (code === 'unavailable' || code === 'deadline')
    return scimErrorBody('tooManyRequests', 'Tidegate could not answer in time. Send the request again.');
  return scimErrorBody(isBeyondScim(code) ? IN_SCIM[code] : code, detail);
}
