import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Length of all keys: AES-256 and HMAC-SHA-256. */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Derives a key for one purpose (HKDF, RFC 5869). Derived keys are independent. */
export function deriveKey(key: Buffer | string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `tidegate ${purpose}`, KEY_BYTES));
}

/** @returns HMAC-SHA-256 of the value */
export function keyedHash(key: Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest();
}

/** Encrypts with AES-256-GCM under a new nonce. @returns nonce, tag and ciphertext in one */
export function seal(key: Buffer, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** @returns the plaintext, or undefined when the key is wrong or the data was changed */
export function unseal(key: Buffer, sealed: Buffer): Buffer | undefined {
  const [ciphertextAt, tagAt] = [NONCE_BYTES + TAG_BYTES, NONCE_BYTES];
  if (sealed.length < ciphertextAt) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, tagAt), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(tagAt, ciphertextAt));
    return Buffer.concat([decipher.update(sealed.subarray(ciphertextAt)), decipher.final()]);
  } catch {
    return undefined;
  }
}
