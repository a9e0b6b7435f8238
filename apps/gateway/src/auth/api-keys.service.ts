import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Secrets } from '../secrets/secrets.service.js';
import { findKey, type FoundKey, insertFirstKey, markKeyUsed } from './api-keys.queries.js';
import { hashOf, looksLikeSecret, newSecret } from './bearer.rule.js';
import { type KeyHolder } from './caller.js';
import { mayAll, rolesCover } from './handing-on.rule.js';
import { CONFIGURED_KEY } from './maker.rule.js';
import { SecretLookups } from './secret-lookups.js';
import { standingNow } from './standing.queries.js';

/** A key that was presented and is good. */
export interface PresentedKey {
  holder: KeyHolder;
  /** By which the key is found again without its text. */
  hash: Buffer;
}

/** Recognizes the keys of the administration: the configured one, and those in the database. */
@Injectable()
export class ApiKeys {
  private readonly configured: Buffer | undefined;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly lookups: SecretLookups,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.configured = config.apiKey === undefined ? undefined : this.hash(config.apiKey);
  }

  /**
   * @returns the key, or undefined when it is not good, or its maker may no longer do what it may; as of a second ago at
   *   most
   * @throws as `SecretLookups.find`
   */
  async find(key: string): Promise<PresentedKey | undefined> {
    const hash = this.hash(key);
    if (this.isConfigured(hash)) return { holder: ROOT, hash };
    if (!looksLikeSecret('tgk_', key)) return undefined;
    // Keys made before there was a key to hash under are kept under a plain hash.
    return this.lookups.find(`key ${hash.toString('base64')}`, () => this.lookUp([hash, hashOf(key)]));
  }

  /** @returns whether there is such a key, still good, that may do everything */
  async isRoot(hash: Buffer): Promise<boolean> {
    if (this.isConfigured(hash)) return true;
    const found = await this.database.unscoped((tx) => findGood(tx, [hash]));
    return found !== undefined && mayAll(holderOf(found));
  }

  /** @returns a new key when none is configured and none was made before: the only time that it can be read */
  async makeFirst(): Promise<string | undefined> {
    if (this.configured) return undefined;
    const key = newSecret('tgk_');
    const row = { id: uuidv7(), hash: this.hash(key), hint: key.slice(-4) };
    return (await this.database.unscoped((tx) => insertFirstKey(tx, row))) ? key : undefined;
  }

  /** What is kept of a key. */
  hash(key: string): Buffer {
    return this.secrets.hash('api key', key);
  }

  private isConfigured(hash: Buffer): boolean {
    return this.configured !== undefined && timingSafeEqual(hash, this.configured);
  }

  private lookUp(hashes: readonly Buffer[]): Promise<PresentedKey | undefined> {
    return this.database.unscoped(async (tx) => {
      const found = await findGood(tx, hashes);
      if (!found) return undefined;
      if (found.stale) await markKeyUsed(tx, found.id);
      return { hash: found.hash, holder: holderOf(found) };
    });
  }
}

/** @param tx sees the integrations that the maker's issuer signs in for, from here on */
async function findGood(tx: Tx, hashes: readonly Buffer[]): Promise<FoundKey | undefined> {
  const found = await findKey(tx, hashes);
  if (!found?.person) return found;
  const standing = await standingNow(tx, found.person);
  return standing && rolesCover(standing.roles, holderOf(found)) ? found : undefined;
}

const ROOT: KeyHolder = {
  kind: 'key',
  keyId: CONFIGURED_KEY,
  name: 'configured key',
  maker: null,
  person: null,
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};

function holderOf({ id, name, maker, person, scopes, integrationIds, expiresAt }: FoundKey): KeyHolder {
  return {
    kind: 'key',
    keyId: id,
    name,
    maker,
    person,
    scopes: scopes ?? 'all',
    integrations: integrationIds ?? 'all',
    expiresAt,
  };
}
