import { randomBytes } from 'node:crypto';
import { type Database } from '@tidegate/database';
import { StartError } from '@tidegate/observability';
import { type DataKeyRow, keepDataKey, rewriteDataKey } from './data-key.queries.js';
import { deriveKey, KEY_BYTES, keyedHash, seal, unseal } from './sealing.rule.js';

/** What keys of their own exist for: a secret sealed or hashed for one purpose is of no use for another. */
export type Purpose =
  'scim token' | 'api key' | 'session' | 'oauth state' | 'oauth client' | 'oauth keys' | 'login' | 'name in a log';

/**
 * Keeps secrets in the database so that a copy of it gives none away: those that must only be recognised as keyed hashes,
 * those that must be had again encrypted. All of it hangs on one random data key, which every gateway reads at its start.
 * With `TIDEGATE_ENCRYPTION_KEY` the data key is itself kept encrypted; without, whoever has the database has it too.
 */
export class Secrets {
  private readonly keys = new Map<Purpose, Buffer>();

  private constructor(private readonly dataKey: Buffer) {}

  /**
   * Reads the data key, and makes it at the first start. One that was kept open is sealed as soon as there is a key to
   * seal it under; one sealed under the previous key is sealed anew.
   * @throws StartError when it is sealed and neither key opens it
   */
  static async open(
    database: Database,
    { encryptionKey, previousKey }: { encryptionKey: string | undefined; previousKey?: string | undefined },
  ): Promise<Secrets> {
    const current = encryptionKey === undefined ? undefined : deriveKey(encryptionKey, 'data key');
    const keyed = (key: Buffer): DataKeyRow =>
      current ? { key: seal(current, key), sealed: true } : { key, sealed: false };
    const dataKey = await database.unscoped(async (tx) => {
      const kept = await keepDataKey(tx, keyed(randomBytes(KEY_BYTES)));
      const opened = kept.sealed ? current && unseal(current, kept.key) : kept.key;
      const before = previousKey === undefined ? undefined : deriveKey(previousKey, 'data key');
      const found = opened ?? (before && unseal(before, kept.key));
      if (!found) throw new StartError(CANNOT_OPEN);
      if (current && !(kept.sealed && opened)) await rewriteDataKey(tx, keyed(found));
      return found;
    });
    return new Secrets(dataKey);
  }

  /** What is kept of a secret that is only ever compared: the same for the same text, on every gateway. 32 bytes. */
  hash(purpose: Purpose, text: string): Buffer {
    return keyedHash(this.keyFor(purpose), text);
  }

  /** Encrypts a text so that `unseal` gives it back. */
  seal(purpose: Purpose, text: string): Buffer {
    return seal(this.keyFor(purpose), Buffer.from(text));
  }

  /** @throws Error when it was not sealed here for this purpose: somebody changed it */
  unseal(purpose: Purpose, sealed: Buffer): string {
    const text = unseal(this.keyFor(purpose), sealed);
    if (!text) throw new Error(`A sealed secret (${purpose}) does not open with this system's key`);
    return text.toString('utf8');
  }

  private keyFor(purpose: Purpose): Buffer {
    const known = this.keys.get(purpose);
    if (known) return known;
    const key = deriveKey(this.dataKey, purpose);
    this.keys.set(purpose, key);
    return key;
  }
}

const CANNOT_OPEN =
  'The secrets in the database are sealed under another key: give it in TIDEGATE_ENCRYPTION_KEY, or in ' +
  'TIDEGATE_ENCRYPTION_KEY_PREVIOUS when the key is being changed.';
