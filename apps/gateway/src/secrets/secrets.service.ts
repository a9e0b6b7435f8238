import { randomBytes } from 'node:crypto';
import { type Database } from '@tidegate/database';
import { StartError } from '@tidegate/runtime';
import { type DataKeyRow, getOrInsertDataKey, updateDataKey } from './data-key.queries.js';
import { deriveKey, KEY_BYTES, keyedHash, seal, unseal } from './sealing.rule.js';

/** Each purpose has its own key, so that data of one purpose cannot be used for another. */
export type Purpose =
  'scim token' | 'api key' | 'session' | 'oauth state' | 'oauth client' | 'oauth keys' | 'login' | 'name in a log';

/**
 * Hashes and encrypts secrets for the database: keyed hashes where comparing is enough, encryption where the value is needed.
 * All keys derive from a random data key in the database, which each gateway reads at its start. `TIDEGATE_ENCRYPTION_KEY`
 * encrypts the data key; without it a copy of the database contains the data key.
 */
export class Secrets {
  private readonly keys = new Map<Purpose, Buffer>();

  private constructor(private readonly dataKey: Buffer) {}

  /**
   * Reads the data key, or creates it at the first start. Encrypts it with the current key if it was unencrypted or encrypted
   * with the previous key.
   * @throws StartError when neither key decrypts it
   */
  static async open(
    database: Database,
    { encryptionKey, previousKey }: { encryptionKey: string | undefined; previousKey?: string | undefined },
  ): Promise<Secrets> {
    const current = encryptionKey === undefined ? undefined : deriveKey(encryptionKey, 'data key');
    const keyed = (key: Buffer): DataKeyRow =>
      current ? { key: seal(current, key), sealed: true } : { key, sealed: false };
    const dataKey = await database.unscoped(async (tx) => {
      const stored = await getOrInsertDataKey(tx, keyed(randomBytes(KEY_BYTES)));
      const opened = stored.sealed ? current && unseal(current, stored.key) : stored.key;
      const before = previousKey === undefined ? undefined : deriveKey(previousKey, 'data key');
      const key = opened ?? (before && unseal(before, stored.key));
      if (!key) throw new StartError(CANNOT_OPEN);
      if (current && !(stored.sealed && opened)) await updateDataKey(tx, keyed(key));
      return key;
    });
    return new Secrets(dataKey);
  }

  /** @returns a keyed hash of 32 bytes, the same on every gateway */
  hash(purpose: Purpose, value: string): Buffer {
    return keyedHash(this.keyFor(purpose), value);
  }

  /** Encrypts a string for `unseal`. */
  seal(purpose: Purpose, value: string): Buffer {
    return seal(this.keyFor(purpose), Buffer.from(value));
  }

  /** Decrypts the result of `seal`. @throws Error when it was changed, or sealed for another purpose or system */
  unseal(purpose: Purpose, sealed: Buffer): string {
    const value = unseal(this.keyFor(purpose), sealed);
    if (!value) throw new Error(`Could not decrypt a secret (${purpose}) with the data key`);
    return value.toString('utf8');
  }

  private keyFor(purpose: Purpose): Buffer {
    const cached = this.keys.get(purpose);
    if (cached) return cached;
    const key = deriveKey(this.dataKey, purpose);
    this.keys.set(purpose, key);
    return key;
  }
}

const CANNOT_OPEN =
  'The secrets in the database are encrypted with another key. Set it in TIDEGATE_ENCRYPTION_KEY, or in ' +
  'TIDEGATE_ENCRYPTION_KEY_PREVIOUS while you rotate the key.';
