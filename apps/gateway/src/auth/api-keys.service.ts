import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { findKey, type StoredKey, insertFirstKey, recordUse } from './api-keys.queries.js';
import { hashOf, looksLikeSecret, newSecret } from '../http/bearer.rule.js';
import { type ApiKeyCaller, type Person } from '../callers/caller.js';
import { hasAllRights, rolesCover } from '../callers/delegation.rule.js';
import { CONFIGURED_KEY } from './maker.rule.js';
import { SecretLookups } from '../limits/secret-lookups.limiter.js';
import { IdentityRightsService } from './identity-rights.service.js';

/** A valid key that a caller presented. */
export interface PresentedKey {
  caller: ApiKeyCaller;
  /** Finds the key again without its secret. */
  hash: Buffer;
}

/** Validates API keys: the configured one and stored ones. */
@Injectable()
export class ApiKeys {
  private readonly configured: Buffer | undefined;

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
    private readonly lookups: SecretLookups,
    private readonly identityRights: IdentityRightsService,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.configured = config.apiKey === undefined ? undefined : this.hash(config.apiKey);
  }

  /**
   * @returns the key, or undefined when it is not valid or its creator no longer has its rights; at most a second old
   * @throws as `SecretLookups.find`
   */
  async find(key: string): Promise<PresentedKey | undefined> {
    const hash = this.hash(key);
    return this.isConfigured(hash) ? { caller: ROOT, hash } : this.findStored(key);
  }

  /** Like `find`, but only for stored keys, not for the configured one. */
  async findStored(key: string): Promise<PresentedKey | undefined> {
    const hash = this.hash(key);
    if (!looksLikeSecret('tgk_', key)) return undefined;
    // Keys created before keyed hashes are stored under a plain hash.
    return this.lookups.find(`key ${hash.toString('base64')}`, () => this.lookUp([hash, hashOf(key)]));
  }

  /** @returns whether the key with this hash is valid and has all rights */
  async isRoot(hash: Buffer): Promise<boolean> {
    if (this.isConfigured(hash)) return true;
    const stored = await this.findValid([hash]);
    return stored !== undefined && hasAllRights(stored.caller);
  }

  /**
   * Creates the first key if no key is configured or stored. A stored first key that was never used is replaced: its secret
   * may be lost.
   * @returns the secret of the new key; undefined if none was created
   */
  async createFirst(): Promise<string | undefined> {
    if (this.configured) return undefined;
    const key = newSecret('tgk_');
    const row = { id: uuidv7(), hash: this.hash(key), hint: key.slice(-4) };
    return (await this.database.unscoped((tx) => insertFirstKey(tx, row))) ? key : undefined;
  }

  /** @returns the hash under which a key is stored */
  hash(key: string): Buffer {
    return this.secrets.hash('api key', key);
  }

  private isConfigured(hash: Buffer): boolean {
    return this.configured !== undefined && timingSafeEqual(hash, this.configured);
  }

  private async lookUp(hashes: readonly Buffer[]): Promise<PresentedKey | undefined> {
    const stored = await this.findValid(hashes);
    if (!stored) return undefined;
    if (stored.stale && !(await this.database.unscoped((tx) => recordUse(tx, stored.id)))) return undefined;
    return { hash: stored.hash, caller: stored.caller };
  }

  private async findValid(hashes: readonly Buffer[]): Promise<(StoredKey & { caller: ApiKeyCaller }) | undefined> {
    const stored = await this.database.unscoped((tx) => findKey(tx, hashes));
    if (!stored?.person) return stored && { ...stored, caller: callerOf(stored, {}) };
    const rights = await this.identityRights.find(stored.person);
    if (!rights) return undefined;
    const caller = callerOf(stored, rights.users);
    return rolesCover(rights.roles, caller) ? { ...stored, caller } : undefined;
  }
}

const ROOT: ApiKeyCaller = {
  kind: 'key',
  keyId: CONFIGURED_KEY,
  name: 'configured key',
  maker: null,
  person: null,
  scopes: 'all',
  integrations: 'all',
  expiresAt: null,
};

function callerOf(stored: StoredKey, users: Person['users']): ApiKeyCaller {
  const { id, name, maker, person, scopes, integrationIds, expiresAt } = stored;
  return {
    kind: 'key',
    keyId: id,
    name,
    maker,
    person: person && { ...person, users },
    scopes: scopes ?? 'all',
    integrations: integrationIds ?? 'all',
    expiresAt,
  };
}
