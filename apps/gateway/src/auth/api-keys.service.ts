import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Secrets } from '../secrets/secrets.service.js';
import { AdminsLeft } from './admins-left.js';
import {
  type ApiKey,
  findKey,
  type FoundKey,
  getKey,
  insertFirstKey,
  insertKey,
  listKeys,
  markKeyUsed,
  revokeKey,
} from './api-keys.queries.js';
import { hashOf, looksLikeSecret, newSecret } from './bearer.rule.js';
import { type KeyHolder, type Person } from './caller.js';
import { mayHandOn } from './handing-on.rule.js';
import { type Reach, within } from './roles.js';
import { SecretLookups } from './secret-lookups.js';

/** More than these are lost sight of. */
const MOST_KEYS = 500;

export type NewKey = Pick<ApiKey, 'name' | 'scopes' | 'integrationIds' | 'expiresAt'>;

/** A key that was presented and is good. */
export interface PresentedKey {
  holder: KeyHolder;
  /** By which the key is found again without its text. */
  hash: Buffer;
}

/** The keys of the administration: the configured one, and those in the database. */
@Injectable()
export class ApiKeys {
  private readonly configured: Buffer | undefined;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly lookups: SecretLookups,
    private readonly adminsLeft: AdminsLeft,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.configured = config.apiKey === undefined ? undefined : this.hash(config.apiKey);
  }

  /**
   * @returns the key, or undefined when it is not good
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
    const found = await this.database.unscoped((tx) => findKey(tx, [hash]));
    return found !== undefined && mayAll(presented(found).holder);
  }

  /** @returns a new key when none is configured and none was made before: the only time that it can be read */
  async makeFirst(): Promise<string | undefined> {
    if (this.configured) return undefined;
    const key = newSecret('tgk_');
    const row = { id: uuidv7(), hash: this.hash(key), hint: key.slice(-4) };
    return (await this.database.unscoped((tx) => insertFirstKey(tx, row))) ? key : undefined;
  }

  /**
   * @param key null stands for all scopes, all integrations, no end
   * @returns the key and its secret, which cannot be had again
   * @throws Refusal `notAllowed` for what the caller may not do itself, `conflict` when there are too many keys
   */
  async create(caller: KeyHolder | Person, key: NewKey): Promise<ApiKey & { secret: string }> {
    const { scopes, integrationIds, expiresAt } = key;
    if (!mayHandOn(caller, { scopes: scopes ?? 'all', integrations: integrationIds ?? 'all', expiresAt }))
      throw new Refusal('notAllowed', 'A key may do no more than who makes it, and for no longer.');
    const secret = newSecret('tgk_');
    const row = { ...key, id: uuidv7(), hash: this.hash(secret), hint: secret.slice(-4) };
    return this.database.unscoped(async (tx) => {
      if ((await listKeys(tx)).length >= MOST_KEYS)
        throw new Refusal('conflict', `There may be ${MOST_KEYS} keys: delete one first.`);
      return { ...(await insertKey(tx, row)), secret };
    });
  }

  /** The keys for nothing beyond the reach. */
  async list(reach: Reach): Promise<ApiKey[]> {
    const keys = await this.database.unscoped(listKeys);
    return keys.filter((key) => within(key.integrationIds ?? 'all', reach));
  }

  /**
   * Ends a key; every gateway refuses it, and the sessions that it opened, within a second.
   * @throws Refusal `missing`; `conflict` when nobody could administer afterwards
   */
  async revoke(id: string, reach: Reach): Promise<void> {
    await this.adminsLeft.keep(async (tx) => {
      const key = await getKey(tx, id);
      if (!key || !within(key.integrationIds ?? 'all', reach)) throw new Refusal('missing', 'No such API key.');
      await revokeKey(tx, id);
    });
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
      const found = await findKey(tx, hashes);
      if (!found) return undefined;
      await markKeyUsed(tx, found.id);
      return presented(found);
    });
  }
}

const ROOT: KeyHolder = {
  kind: 'key',
  keyId: 'configured',
  name: 'configured key',
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};

/** Whether a key may do everything. */
export const mayAll = ({ scopes, integrations }: KeyHolder): boolean => scopes === 'all' && integrations === 'all';

function presented({ id, name, hash, scopes, integrationIds, expiresAt }: FoundKey): PresentedKey {
  const rights = { scopes: scopes ?? 'all', integrations: integrationIds ?? 'all', expiresAt } as const;
  return { hash, holder: { kind: 'key', keyId: id, name, ...rights } };
}
