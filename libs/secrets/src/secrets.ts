import { randomBytes } from 'node:crypto';
import { type Database } from '@tidegate/database';
import { StartError } from '@tidegate/runtime';
import { type DataKeyRow, getOrInsertDataKey, updateDataKey } from './data-key.queries.js';
import { deriveKey, KEY_BYTES, keyedHash, seal, unseal } from './sealing.rule.js';

export interface SecretsOptions {
  /** The setting TIDEGATE_ENCRYPTION_KEY. If undefined, the data key is stored unencrypted. */
  encryptionKey: string | undefined;
  /** The setting TIDEGATE_ENCRYPTION_KEY_PREVIOUS. */
  previousKey?: string | undefined;
  /** The purpose that an earlier release derived the encryption of this service's data key for. */
  formerPurpose?: string;
}

/**
 * Hashes and encrypts secrets for the database: keyed hashes where comparing is enough, encryption where the value is needed.
 * All keys derive from a random data key in the service's schema, which each instance reads at its start.
 * `TIDEGATE_ENCRYPTION_KEY` encrypts the data key; without it a copy of the database contains the data key.
 *
 * `Purpose` lists what the service uses secrets for. Each purpose has its own key, so that data of one purpose cannot be
 * used for another.
 */
export class Secrets<Purpose extends string> {
  private readonly keys = new Map<Purpose, Buffer>();

  private constructor(private readonly dataKey: Buffer) {}

  /**
   * Reads the data key of a service, or creates it at the first start. Encrypts it under a key that derives from the current
   * encryption key and the service, if it was unencrypted, or encrypted with the previous key or for the former purpose.
   * @param database with the schema of the service and the table of `dataKeyTable`
   * @throws StartError when no key decrypts it
   */
  static async open<Purpose extends string>(
    database: Database,
    { encryptionKey, previousKey, formerPurpose }: SecretsOptions,
  ): Promise<Secrets<Purpose>> {
    const { schema } = database;
    // With the service in the purpose, the stored key of one service cannot be used as that of another.
    const purposes = [`data key of ${schema.replaceAll('_', '-')}`, ...(formerPurpose ? [formerPurpose] : [])];
    const derived = (from: string | undefined) =>
      from === undefined ? [] : purposes.map((purpose) => deriveKey(from, purpose));
    const [current] = derived(encryptionKey);
    const others = [...derived(encryptionKey).slice(1), ...derived(previousKey)];

    const keyed = (key: Buffer): DataKeyRow =>
      current ? { key: seal(current, key), sealed: true } : { key, sealed: false };
    const dataKey = await database.unscoped(async (tx) => {
      const stored = await getOrInsertDataKey(tx, schema, keyed(randomBytes(KEY_BYTES)));
      const opened = stored.sealed ? current && unseal(current, stored.key) : stored.key;
      const key = opened ?? firstUnsealed(others, stored.key);
      if (!key) throw new StartError(CANNOT_OPEN);
      if (current && !(stored.sealed && opened)) await updateDataKey(tx, schema, keyed(key));
      return key;
    });
    return new Secrets(dataKey);
  }

  /** @returns a keyed hash of 32 bytes, the same on every instance of the service */
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

function firstUnsealed(keys: readonly Buffer[], sealed: Buffer): Buffer | undefined {
  for (const key of keys) {
    const plain = unseal(key, sealed);
    if (plain) return plain;
  }
  return undefined;
}

const CANNOT_OPEN =
  'The secrets in the database are encrypted with another key. Set it in TIDEGATE_ENCRYPTION_KEY, or in ' +
  'TIDEGATE_ENCRYPTION_KEY_PREVIOUS while you rotate the key.';
