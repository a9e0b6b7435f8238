import { type Database, type Tx } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type Adapter, type AdapterPayload } from 'oidc-provider';
import { Throttle } from '../activity/throttle.js';
import { type Secrets } from '../secrets/secrets.service.js';
import { oauthFault } from './oauth-fault.js';
import { mayRefresh } from './refresh.rule.js';
import { stateKey } from './state-key.js';
import {
  deleteState,
  findRefreshToken,
  findState,
  findStateByUid,
  keepInteractions,
  prolongState,
  putState,
  type State,
} from './states.queries.js';
import { refuseLoser, useOnce } from './token-use.js';
import Provider, { errors } from 'oidc-provider';

/** Strangers may ask for consent, and each time costs a row: more than these push others of the same network out. */
const INTERACTION_PLACES = { ofNetwork: 50, total: 500 };
/** One line a minute and integration tells of it. */
const evictionLines = new Throttle(60_000, 1_000);

export interface StateParts {
  database: Database;
  secrets: Secrets;
  logger: Logger;
  /** Where the request comes from. */
  network: string | null;
}

/**
 * Where `oidc-provider` keeps one kind of things of one integration
 * (https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.md). Every statement is bound to the
 * integration and runs within its tenancy, so that nothing of another one can be found, whatever id is given.
 */
export class StateAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly integrationId: string,
    private readonly parts: StateParts,
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
      if (model === 'RefreshToken' && grantKey) await prolongState(tx, integrationId, grantKey, ttlSeconds);
      if (model === 'AccessToken') await refuseLoser(tx, state);
      await putState(tx, state);
      if (model === 'Interaction') this.logEvicted(await keepInteractions(tx, integrationId, INTERACTION_PLACES));
    });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const key = this.key(id);
    if (this.model === 'RefreshToken')
      return this.run(async (tx) => {
        const found = await findRefreshToken(tx, this.integrationId, key);
        return found && this.open(found, !mayRefresh(found, new Date()));
      });
    const found = await this.run((tx) => findState(tx, this.integrationId, key));
    return found && this.open(found, found.consumedAt !== null);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const found = await this.run((tx) => findStateByUid(tx, this.integrationId, this.key(uid, 'Session uid')));
    return found && this.open(found, false);
  }

  /** Device codes alone have user codes, and there are none. */
  async findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Of several uses at once only one gets through: a code is used once, and a refresh token as `mayRefresh` says.
   * @throws InvalidGrant when this is a use too many; the grant is ended then
   */
  async consume(id: string): Promise<void> {
    const { model, integrationId } = this;
    const fits = await this.run((tx) => useOnce(tx, { model, integrationId, key: this.key(id) }));
    if (fits) return;
    this.parts.logger.error({ integrationId, model }, GRANT_ENDED);
    throw new errors.InvalidGrant('used already');
  }

  async destroy(id: string): Promise<void> {
    await this.run((tx) => deleteState(tx, this.integrationId, this.key(id)));
  }

  /** Ends the grant itself: what came of it goes with it, and what is just being made of it cannot be kept. */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.run((tx) => deleteState(tx, this.integrationId, this.key(grantId, 'Grant')));
  }

  /** @param used whether the second use is to be noticed; then it counts as not expired, or it would not be */
  private open({ payload, consumedAt, expiresAt }: State, used: boolean): AdapterPayload {
    const opened = JSON.parse(this.parts.secrets.unseal('oauth state', payload)) as AdapterPayload;
    const seconds = (time: Date) => Math.floor(time.getTime() / 1000);
    return {
      ...opened,
      exp: seconds(expiresAt),
      ...(used ? { consumed: seconds(consumedAt ?? new Date()) } : {}),
    };
  }

  /** The refresh token that the one being saved replaces, or that the access token being saved is given out with. */
  private parentKey(): Buffer | null {
    const { RotatedRefreshToken, RefreshToken } = Provider.ctx?.oidc.entities ?? {};
    const parent = { RefreshToken: RotatedRefreshToken, AccessToken: RefreshToken }[this.model];
    return parent ? this.key(parent.jti, 'RefreshToken') : null;
  }

  private logEvicted(evicted: number): void {
    const { integrationId } = this;
    const { logger, network } = this.parts;
    if (evicted > 0 && evictionLines.isDue(integrationId))
      logger.warn({ integrationId, network, evicted }, 'Requests for consent were dropped: too many came');
  }

  private key(id: string, model = this.model): Buffer {
    return stateKey(this.parts.secrets, this.integrationId, model, id);
  }

  /** @throws an error that `oidc-provider` tells in OAuth's form, when it is one that may be told */
  private async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.parts.database.transaction({ integrationIds: [this.integrationId] }, work);
    } catch (error) {
      throw oauthFault(error);
    }
  }
}

export const GRANT_ENDED =
  'A code or refresh token came a second time: its grant is ended, Okta must be connected anew';
