import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const SECRET_BYTES = 32;
/** Prefix, the row's id without hyphens, the secret in base64url, the checksum in hex. */
const FORMAT = /^(tgs_)([0-9a-f]{32})_[\w-]{43}_([0-9a-f]{8})$/;
const CHECKSUM_LENGTH = 8;

/**
 * @param id of the row that stores the hash
 * @returns a new token: a prefix for secret scanners, the id of its row, 256 random bits, and a CRC-32 of these, so that
 *   mistyped tokens need no lookup
 */
export function newToken(prefix: 'tgs_', id: string): string {
  const body = `${prefix}${id.replaceAll('-', '')}_${randomBytes(SECRET_BYTES).toString('base64url')}_`;
  return body + checksumOf(body);
}

/** @returns the id of the row that stores the hash of a token, or undefined when the string is not a token */
export function idInToken(token: string): string | undefined {
  const [, , id, checksum] = FORMAT.exec(token) ?? [];
  if (id === undefined || checksum !== checksumOf(token.slice(0, -CHECKSUM_LENGTH))) return undefined;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const checksumOf = (body: string): string => crc32(body).toString(16).padStart(CHECKSUM_LENGTH, '0');
