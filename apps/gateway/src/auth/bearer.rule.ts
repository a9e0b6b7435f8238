import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@tidegate/contracts';

const SECRET_BYTES = 32;
const SCHEME = /^Bearer +/i;

/**
 * The credential of an Authorization header: `Bearer <token>` (RFC 6750 §2.1), or the bare token, which Okta sends in
 * its header mode (https://developer.okta.com/docs/guides/scim-provisioning-integration-connect/).
 * @returns the credential, or undefined when the header holds none
 */
export function credentialOf(header: unknown): string | undefined {
  if (typeof header !== 'string' || header.length > 4096) return undefined;
  const credential = header.trim().replace(SCHEME, '');
  return /^[\x21-\x7e]+$/.test(credential) ? credential : undefined;
}

/** Whether the header holds a credential without the scheme before it. */
export function isBare(header: unknown): boolean {
  return typeof header === 'string' && !SCHEME.test(header.trim());
}

/** By which secret scanners find SCIM tokens, API keys, sessions, and OAuth's access tokens, refresh tokens and client secrets. */
export type SecretPrefix = 'tgs_' | 'tgk_' | 'tgw_' | 'tga_' | 'tgr_' | 'tgc_';

/** A new secret: 256 random bits behind a prefix that secret scanners can find. */
export function newSecret(prefix: SecretPrefix): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url');
}

/** Whether a text can be a secret that `newSecret` made: what cannot need not be looked up. */
export function looksLikeSecret(prefix: SecretPrefix, text: string): boolean {
  return text.startsWith(prefix) && /^[\w-]{43}$/.test(text.slice(prefix.length));
}

/**
 * By which keys and tokens are found that were made before there was a key to hash under; those made since are kept under
 * `Secrets.hash`. A fast hash is enough: 256 random bits cannot be guessed, however fast.
 */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** One refusal for every reason: it must not tell which integrations or tokens exist. */
export function unauthorized(): Refusal {
  return new Refusal('unauthorized', 'The credential in the Authorization header is missing or not valid.');
}
