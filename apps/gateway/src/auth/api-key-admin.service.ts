import { Injectable } from '@nestjs/common';
import { type Cause, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { DAY_MS } from '../config/durations.js';
import { recordKeyEvent } from './api-key.events.js';
import { LastAdministrator } from './last-administrator.service.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { isMadeBy, makerColumns } from './api-key-makers.queries.js';
import { type KeyStatus, keyStatus } from './api-key.rule.js';
import { type ApiKeyRow, countKeys, getKey, listKeys, lockKeys } from './api-keys.queries.js';
import { ApiKeys } from './api-keys.service.js';
import { newSecret } from '../http/bearer.rule.js';
import { type ApiKeyCaller, type Maker, type Person } from '../callers/caller.js';
import { endOf } from './credential-life.rule.js';
import { hasAllRights, canDelegate, type Rights, rolesCover } from '../callers/delegation.rule.js';
import { CONFIGURED_KEY, makerOf } from './maker.rule.js';
import { type IdentityRights } from './identity-rights.rule.js';
import { type Limit, limitReached, limitMessage, type Quota } from '../limits/quota.rule.js';
import { mustBeNamed, type Reach, isSubset } from '../callers/roles.js';
import { IdentityRightsService } from './identity-rights.service.js';

const QUOTA: Quota = { total: 5_000, allIntegrations: 500, perIntegration: 100, perCreator: 100, reserved: 20 };
/** Default lifetime of a key. */
const LIFE_MS = 90 * DAY_MS;

/** The settings of a new key; null stands for all scopes, all integrations, or no expiry. */
export type NewKey = Pick<ApiKeyRow, 'name' | 'scopes' | 'integrationIds'> & { expiresAt?: string | null | undefined };

/** A key without its secret. */
export type ApiKey = Omit<ApiKeyRow, 'person' | 'rooted' | 'end'> & { status: KeyStatus };

/** Creates, lists and revokes API keys. */
@Injectable()
export class ApiKeyAdmin {
  constructor(
    private readonly database: Database,
    private readonly apiKeys: ApiKeys,
    private readonly identityRights: IdentityRightsService,
    private readonly lastAdministrator: LastAdministrator,
  ) {}

  /**
   * @returns the key and its secret, which is not stored
   * @throws Refusal `notAllowed` for rights that the caller does not have, `conflict` for too many keys;
   *   InvalidFields for an invalid expiry
   */
  async create(
    caller: ApiKeyCaller | Person,
    { expiresAt: given, name, scopes, integrationIds }: NewKey,
    cause: Cause,
  ): Promise<ApiKey & { secret: string }> {
    const end = endOf(given, Date.now(), LIFE_MS);
    const expiresAt = given === undefined ? earlierExpiry(end, caller) : end;
    const key = { name, scopes, integrationIds };
    if (!canDelegate(caller, { ...rightsOf(key), expiresAt }))
      throw new Refusal(
        'notAllowed',
        "A new key can't exceed its creator's scopes, integrations or lifetime. Ask an administrator who has them.",
      );
    const secret = newSecret('tgk_');
    const row = { ...key, expiresAt, id: uuidv7(), hash: this.apiKeys.hash(secret), hint: secret.slice(-4) };
    const maker = makerOf(caller);
    const created = await this.database.unscoped(async (tx) => {
      await lockKeys(tx);
      await checkQuota(tx, key, maker, caller);
      await tx.insert(ApiKeyEntity, { ...row, ...makerColumns(maker) });
      await recordKeyEvent(tx, 'api_key.created', row, cause);
      return existing(await getKey(tx, row.id), 'all');
    });
    return { ...(await this.shown(created)), secret };
  }

  /** @returns the keys whose integrations are all in `reach` */
  async list(reach: Reach): Promise<ApiKey[]> {
    const keys = (await this.database.unscoped(listKeys)).filter((key) => isWithin(key, reach));
    const rightsCache = new Map<string, IdentityRights | undefined>();
    const shown: ApiKey[] = [];
    // Sequentially, so that a list uses one database connection.
    for (const key of keys) shown.push(await this.shown(key, rightsCache));
    return shown;
  }

  /**
   * Revokes a key. Within a second all gateways refuse the key, the keys that it created, and their sessions.
   * @throws Refusal `missing`; `conflict` for the last administrator
   */
  async revoke(id: string, reach: Reach, cause: Cause): Promise<void> {
    await this.lastAdministrator.run(async (tx) => {
      const key = existing(await getKey(tx, id), reach);
      await tx.update(ApiKeyEntity, { id }, { revokedAt: () => 'now()' });
      await recordKeyEvent(tx, 'api_key.revoked', key, cause);
    });
  }

  /**
   * Makes the caller the creator of a key. The secret stays the same.
   * @throws Refusal `missing`; `notAllowed` for rights that the caller does not have; `conflict` for a root key, an expired
   *   key, a key that created the caller, and a key with a scope that `all` does not include
   */
  async takeOver(id: string, caller: ApiKeyCaller | Person, reach: Reach): Promise<ApiKey> {
    const maker = makerOf(caller);
    let updated: ApiKeyRow | undefined;
    await this.lastAdministrator.run(async (tx) => {
      await lockKeys(tx);
      const key = existing(await getKey(tx, id), reach);
      if (key.maker === null)
        throw new Refusal('conflict', 'A root key has no creator, so it cannot be taken over. Create a new one.');
      // The former creator still has the secret, and could review their own requests with it, or end all grants.
      const named = key.scopes?.find(mustBeNamed);
      if (named) throw new Refusal('conflict', `A key with the scope ${named} cannot be taken over. Create a new one.`);
      if (key.end === 'expired') throw new Refusal('conflict', 'This key has expired. Create a new one.');
      if (!canDelegate(caller, { ...rightsOf(key), expiresAt: key.expiresAt }))
        throw new Refusal(
          'notAllowed',
          "You can't take over a key that exceeds your scopes, integrations or lifetime. Create a new one.",
        );
      if (maker.kind === 'apiKey' && (await this.isCreatedBy(tx, maker.keyId, id)))
        throw new Refusal(
          'conflict',
          'A key cannot take over itself or a key that created it. Use another key to take it over.',
        );
      const { perCreator } = await countKeys(tx, [], maker);
      refuseIfReached(limitReached(QUOTA, { total: 0, perIntegration: 0, perCreator }, hasAllRights(caller)));
      await tx.update(ApiKeyEntity, { id }, makerColumns(maker));
      updated = existing(await getKey(tx, id), reach);
    });
    return this.shown(updated!);
  }

  private isCreatedBy(tx: Tx, keyId: string, id: string): Promise<boolean> | false {
    return keyId === CONFIGURED_KEY ? false : isMadeBy(tx, keyId, id);
  }

  /** @param rightsCache cache of the rights of persons */
  private async shown(
    { person, rooted, end, ...key }: ApiKeyRow,
    rightsCache = new Map<string, IdentityRights | undefined>(),
  ): Promise<ApiKey> {
    const name = JSON.stringify(person);
    if (person && !rightsCache.has(name)) rightsCache.set(name, await this.identityRights.find(person));
    const identityRights = rightsCache.get(name);
    const covered = !person || (identityRights !== undefined && rolesCover(identityRights.roles, rightsOf(key)));
    return { ...key, status: keyStatus({ end, rooted, covered }) };
  }
}

const rightsOf = ({ scopes, integrationIds }: Pick<ApiKeyRow, 'scopes' | 'integrationIds'>): Rights => ({
  scopes: scopes ?? 'all',
  integrations: integrationIds ?? 'all',
});

const isWithin = ({ integrationIds }: ApiKeyRow, reach: Reach): boolean => isSubset(integrationIds ?? 'all', reach);

/** @returns the default expiry, or the earlier one of the calling key */
function earlierExpiry(end: Date | null, caller: ApiKeyCaller | Person): Date | null {
  const own = caller.kind === 'key' ? caller.expiresAt : null;
  return own && end && own < end ? own : end;
}

/** @throws Refusal `conflict` when there are too many keys */
async function checkQuota(
  tx: Tx,
  { integrationIds }: Pick<ApiKeyRow, 'integrationIds'>,
  maker: Maker,
  caller: ApiKeyCaller | Person,
): Promise<void> {
  refuseIfReached(limitReached(QUOTA, await countKeys(tx, integrationIds, maker), hasAllRights(caller)));
}

function refuseIfReached(limit: Limit | undefined): void {
  if (limit) throw new Refusal('conflict', limitMessage(limit, 'API keys'));
}

/** @throws Refusal `missing` */
function existing(key: ApiKeyRow | undefined, reach: Reach): ApiKeyRow {
  if (!key || !isWithin(key, reach)) throw new Refusal('missing', 'No such API key.');
  return key;
}
