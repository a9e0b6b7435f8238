import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** @returns a salted hash: `salt.hash` */
export function hashPassword(password: string, salt = randomBytes(16).toString('base64url')): string {
  return `${salt}.${scryptSync(password, salt, 32).toString('base64url')}`;
}

export function isPassword(password: string, hash: string): boolean {
  const [salt = ''] = hash.split('.');
  return timingSafeEqual(Buffer.from(hashPassword(password, salt)), Buffer.from(hash));
}
