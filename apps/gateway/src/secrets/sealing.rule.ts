import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Bytes of every key here: AES-256 and HMAC-SHA-256. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key for one purpose, made of another one (HKDF, RFC 5869): what is done with one tells nothing of the others. */
export function deriveKey(key: Buffer | string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `tidegate ${purpose}`, KEY_BYTES));
}

/** @returns HMAC-SHA-256 of the text: the same text gives the same hash, and without the key nobody can make it */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Encrypts with AES-256-GCM under a new nonce. @returns nonce, tag and ciphertext in one */
export function seal(key: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** @returns what was sealed, or undefined when the key is another one or a bit of it was changed */
export function unseal(key: Buffer, sealed: Buffer): Buffer | undefined {
  const [textAt, tagAt] = [NONCE_BYTES + TAG_BYTES, NONCE_BYTES];
  if (sealed.length < textAt) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, tagAt), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(tagAt, textAt));
    return Buffer.concat([decipher.update(sealed.subarray(textAt)), decipher.final()]);
  } catch {
    return undefined;
  }
}
