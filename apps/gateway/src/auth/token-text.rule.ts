import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const SECRET_BYTES = 32;
/** Prefix, the row's id without hyphens, the secret in base64url, the checksum in hex. */
const TEXT = /^(tgs_)([0-9a-f]{32})_[\w-]{43}_([0-9a-f]{8})$/;
const CHECKSUM_LENGTH = 8;

/**
 * A new token: a prefix that secret scanners find, the public id of its row, 256 random bits, and a CRC-32 of what stands
 * before it, so that a text that was cut or mistyped is known without asking anybody.
 * @param id of the row that keeps its hash
 */
export function newToken(prefix: 'tgs_', id: string): string {
  const body = `${prefix}${id.replaceAll('-', '')}_${randomBytes(SECRET_BYTES).toString('base64url')}_`;
  return body + checksumOf(body);
}

/** @returns the id of the row that keeps the hash of a token, or undefined when the text is none of ours */
export function idInToken(text: string): string | undefined {
  const [, , id, checksum] = TEXT.exec(text) ?? [];
  if (id === undefined || checksum !== checksumOf(text.slice(0, -CHECKSUM_LENGTH))) return undefined;
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');
