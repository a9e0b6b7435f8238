import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { hashOf, looksLikeSecret, newSecret } from './bearer.rule.js';
import { SecretLookups } from './secret-lookups.js';

/** The keys of the administration: the configured one, and those in the database. */
@Injectable()
export class ApiKeys {
  private readonly configured: Buffer | undefined;

  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.configured = config.apiKey === undefined ? undefined : hashOf(config.apiKey);
  }

  /** @throws as `SecretLookups.find` */
  async isKey(key: string): Promise<boolean> {
    const hash = hashOf(key);
    if (this.configured && timingSafeEqual(hash, this.configured)) return true;
    if (!looksLikeSecret('tgk_', key)) return false;
    const found = await this.lookups.find(hash.toString('base64'), () =>
      this.database.unscoped((tx) => tx.row('SELECT id FROM gateway.api_keys WHERE hash = $1', [hash])),
    );
    return found !== undefined;
  }

  /** @returns a new key when none is configured and none was made before: the only time that it can be read */
  async makeFirst(): Promise<string | undefined> {
    if (this.configured) return undefined;
    const key = newSecret('tgk_');
    return this.database.unscoped(async (tx) => {
      await tx.run('LOCK TABLE gateway.api_keys IN SHARE ROW EXCLUSIVE MODE');
      const made = await tx.run(
        `INSERT INTO gateway.api_keys (id, hash, name)
         SELECT $1::uuid, $2::bytea, 'first key' WHERE NOT EXISTS (SELECT FROM gateway.api_keys)`,
        [uuidv7(), hashOf(key)],
      );
      return made > 0 ? key : undefined;
    });
  }
}
