import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Secrets } from '../secrets/secrets.service.js';
import { findKey, type FoundKey, insertFirstKey, markKeyUsed } from './api-keys.queries.js';
import { hashOf, looksLikeSecret, newSecret } from './bearer.rule.js';
import { type KeyHolder, type Person } from './caller.js';
import { mayAll, rolesCover } from './handing-on.rule.js';
import { CONFIGURED_KEY } from './maker.rule.js';
import { SecretLookups } from './secret-lookups.js';
import { Standings } from './standings.service.js';

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
    private readonly standings: Standings,
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
    return this.isConfigured(hash) ? { holder: ROOT, hash } : this.findStored(key);
  }

  /** The same of the keys that Tidegate made: never the configured one. */
  async findStored(key: string): Promise<PresentedKey | undefined> {
    const hash = this.hash(key);
    if (!looksLikeSecret('tgk_', key)) return undefined;
    // Keys made before there was a key to hash under are kept under a plain hash.
    return this.lookups.find(`key ${hash.toString('base64')}`, () => this.lookUp([hash, hashOf(key)]));
  }

  /** @returns whether there is such a key, still good, that may do everything */
  async isRoot(hash: Buffer): Promise<boolean> {
    if (this.isConfigured(hash)) return true;
    const found = await this.findGood([hash]);
    return found !== undefined && mayAll(found.holder);
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

  private async lookUp(hashes: readonly Buffer[]): Promise<PresentedKey | undefined> {
    const found = await this.findGood(hashes);
    if (!found) return undefined;
    if (found.stale) await this.database.unscoped((tx) => markKeyUsed(tx, found.id));
    return { hash: found.hash, holder: found.holder };
  }

  private async findGood(hashes: readonly Buffer[]): Promise<(FoundKey & { holder: KeyHolder }) | undefined> {
    const found = await this.database.unscoped((tx) => findKey(tx, hashes));
    if (!found?.person) return found && { ...found, holder: holderOf(found, {}) };
    const standing = await this.standings.of(found.person);
    if (!standing) return undefined;
    const holder = holderOf(found, standing.users);
    return rolesCover(standing.roles, holder) ? { ...found, holder } : undefined;
  }
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

function holderOf(found: FoundKey, users: Person['users']): KeyHolder {
  const { id, name, maker, person, scopes, integrationIds, expiresAt } = found;
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
