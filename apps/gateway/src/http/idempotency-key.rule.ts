import { FLOW_LIMITS } from '@tidegate/contracts';
import { InvalidFields } from './invalid-fields.error.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/** A String of RFC 8941 §3.3.3: printable ASCII, with `"` and `\` escaped by `\`. */
const STRING = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** Characters of keys that clients send without quotation marks, such as UUIDs. */
const BARE = /^[A-Za-z0-9._~:/+=-]+$/;

/**
 * Reads the header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header §2.1): a String of RFC 8941. Without quotation
 * marks, only letters, digits and some other characters are accepted.
 * @param value of the header; undefined without it
 * @returns the key, of at most `FLOW_LIMITS.idempotencyKeyLength` characters; undefined without the header
 * @throws InvalidFields
 */
export function idempotencyKeyOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, quoted] = STRING.exec(value.trim()) ?? [];
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? BARE.exec(value.trim())?.[0] ?? '';
  if (key.length > 0 && key.length <= FLOW_LIMITS.idempotencyKeyLength) return key;
  const limit = `1 to ${FLOW_LIMITS.idempotencyKeyLength} characters`;
  throw new InvalidFields({ [IDEMPOTENCY_KEY]: `must be a string in quotation marks with ${limit}` });
}
