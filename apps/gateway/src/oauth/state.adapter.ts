import { type Database, type Tx } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type Adapter, type AdapterPayload } from 'oidc-provider';
import { Throttle } from '../limits/throttle.limiter.js';
import { type Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { oauthFault } from './oauth-fault.js';
import { canRefresh } from './refresh.rule.js';
import { stateKey } from '../credentials/state-key.js';
import { StateEntity } from './state.entity.js';
import { findRefreshToken, limitInteractions, extendState, upsertState } from './states.queries.js';
import { refuseReplaced, useOnce } from './token-use.js';
import Provider, { errors } from 'oidc-provider';

/** Stored consent requests, which need no authentication. Beyond these limits the oldest are deleted. */
const INTERACTION_LIMITS = { perNetwork: 50, total: 500 };
/** At most one log line per minute and integration. */
const evictionLog = new Throttle(60_000, 1_000);

export interface StateDependencies {
  database: Database;
  secrets: Secrets<Purpose>;
  logger: Logger;
  /** The network of the request. */
  network: string | null;
}

/**
 * Stores the objects of one model of `oidc-provider` for one integration
 * (https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.md). Every statement is bound to the
 * integration and runs under its row-level security, so no id finds an object of another integration.
 */
export class StateAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly integrationId: string,
    private readonly parts: StateDependencies,
  ) {}

  async upsert(id: string, payload: AdapterPayload, ttlSeconds = 0): Promise<void> {
    const { secrets } = this.parts;
    const grantKey = this.model !== 'Grant' && payload.grantId ? this.key(payload.grantId, 'Grant') : null;
    const state = {
      integrationId: this.integrationId,
      key: this.key(id),
      model: this.model,
      payload: secrets.seal('oauth state', JSON.stringify(payload)),
      uid: this.model === 'Session' && payload.uid ? this.key(payload.uid, 'Session uid') : null,
      grantKey,
      parentKey: this.parentKey(),
      network: this.parts.network,
      ttlSeconds,
    };
    const { model, integrationId } = this;
    await this.run(async (tx) => {
      if (model === 'RefreshToken' && grantKey) await extendState(tx, integrationId, grantKey, ttlSeconds);
      if (model === 'AccessToken') await refuseReplaced(tx, state);
      await upsertState(tx, state);
      if (model === 'Interaction') this.logEvicted(await limitInteractions(tx, integrationId, INTERACTION_LIMITS));
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const key = this.key(id);
    if (this.model === 'RefreshToken')
      return this.run(async (tx) => {
        const state = await findRefreshToken(tx, this.integrationId, key);
        return state && this.open(state, !canRefresh(state, new Date()));
      });
    const { integrationId } = this;
    const state = await this.run((tx) => tx.findOne(StateEntity, { where: { integrationId, key } }));
    return state && this.open(state, state.consumedAt !== null);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const where = { integrationId: this.integrationId, uid: this.key(uid, 'Session uid') };
    const state = await this.run((tx) => tx.findOne(StateEntity, { where }));
    return state && this.open(state, false);
  }

  /** Only device codes have user codes, and the device flow is disabled. */
  async findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Records the use of a code (once) or refresh token (see `canRefresh`); concurrent uses are serialized.
   * @throws InvalidGrant for a forbidden use, which revokes the grant
   */
  async consume(id: string): Promise<void> {
    const { model, integrationId } = this;
    const isAllowed = await this.run((tx) => useOnce(tx, { model, integrationId, key: this.key(id) }));
    if (isAllowed) return;
    this.parts.logger.error({ integrationId, model }, GRANT_REVOKED);
    throw new errors.InvalidGrant('the code or refresh token was already used');
  }

  async destroy(id: string): Promise<void> {
    await this.delete(this.key(id));
  }

  /** Deletes the grant, and its tokens by foreign key; tokens issued concurrently cannot be inserted. */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.delete(this.key(grantId, 'Grant'));
  }

  private async delete(key: Buffer): Promise<void> {
    await this.run((tx) => tx.delete(StateEntity, { integrationId: this.integrationId, key }));
  }

  /** @param used reports the object as consumed to `oidc-provider` */
  private open({ payload, consumedAt, expiresAt }: StateEntity, used: boolean): AdapterPayload {
    const opened = JSON.parse(this.parts.secrets.unseal('oauth state', payload)) as AdapterPayload;
    const seconds = (time: Date) => Math.floor(time.getTime() / 1000);
    return {
      ...opened,
      exp: seconds(expiresAt),
      ...(used ? { consumed: seconds(consumedAt ?? new Date()) } : {}),
    };
  }

  /** @returns the key of the refresh token from which this token was issued */
  private parentKey(): Buffer | null {
    const { RotatedRefreshToken, RefreshToken } = Provider.ctx?.oidc.entities ?? {};
    const parent = { RefreshToken: RotatedRefreshToken, AccessToken: RefreshToken }[this.model];
    return parent ? this.key(parent.jti, 'RefreshToken') : null;
  }

  private logEvicted(evicted: number): void {
    const { integrationId } = this;
    const { logger, network } = this.parts;
    if (evicted > 0 && evictionLog.isDue(integrationId))
      logger.warn(
        { integrationId, network, evicted },
        'Deleted the oldest pending consent requests: the limit was reached',
      );
  }

  private key(id: string, model = this.model): Buffer {
    return stateKey(this.parts.secrets, this.integrationId, model, id);
  }

  /** Runs a transaction. @throws errors converted by `oauthFault` */
  private async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.parts.database.transaction({ integrationIds: [this.integrationId] }, work);
    } catch (error) {
      throw oauthFault(error);
    }
  }
}

export const GRANT_REVOKED = 'A code or refresh token was used twice. Its grant was revoked. Connect Okta again';
