import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@tidegate/contracts';

const SECRET_BYTES = 32;
const SCHEME = /^Bearer +/i;

/**
 * Parses an Authorization header: `Bearer <token>` (RFC 6750 §2.1), or the bare token, which Okta sends in
 * header mode (https://developer.okta.com/docs/guides/scim-provisioning-integration-connect/).
 * @returns the credential, or undefined when the header has none
 */
export function credentialOf(header: unknown): string | undefined {
  if (typeof header !== 'string' || header.length > 4096) return undefined;
  const credential = header.trim().replace(SCHEME, '');
  return /^[\x21-\x7e]+$/.test(credential) ? credential : undefined;
}

/** @returns whether the header has no scheme before the credential */
export function isBare(header: unknown): boolean {
  return typeof header === 'string' && !SCHEME.test(header.trim());
}

/** Prefixes for secret scanners: SCIM token, API key, session; OAuth access token, refresh token, client secret. */
export type SecretPrefix = 'tgs_' | 'tgk_' | 'tgw_' | 'tga_' | 'tgr_' | 'tgc_';

/** @returns a new secret: the prefix and 256 random bits */
export function newSecret(prefix: SecretPrefix): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url');
}

/** @returns whether a string has the form of `newSecret`; others need no lookup */
export function looksLikeSecret(prefix: SecretPrefix, value: string): boolean {
  return value.startsWith(prefix) && /^[\w-]{43}$/.test(value.slice(prefix.length));
}

/** The hash of credentials from before `Secrets.hash`. A fast hash is enough: 256 random bits cannot be guessed. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Detail of a 401. */
export const INVALID_CREDENTIAL = 'The credential in the Authorization header is missing or not valid.';

const NO_SCHEME =
  'The Authorization header has no scheme Bearer. Send "Authorization: Bearer", a space and the API key.';

/**
 * The same refusal for every credential, so that it does not reveal which integrations, tokens and keys exist.
 * @param header the Authorization header of a call of /api/v1, where a credential requires the scheme
 */
export function unauthorized(header?: string): Refusal {
  return new Refusal('unauthorized', isBare(header) ? NO_SCHEME : INVALID_CREDENTIAL);
}
