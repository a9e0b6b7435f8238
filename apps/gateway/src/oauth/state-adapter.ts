import { type Database, type Tx } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type Adapter, type AdapterPayload } from 'oidc-provider';
import { refusalOf } from '../http/errors.js';
import { type Secrets } from '../secrets/secrets.service.js';
import { mayRefresh } from './refresh.rule.js';
import { stateKey } from './state-key.js';
import {
  consumeState,
  deleteState,
  findRefreshToken,
  findState,
  findStateByUid,
  keepNewest,
  lockState,
  prolongState,
  putState,
  type State,
} from './states.queries.js';
import Provider, { errors } from 'oidc-provider';

/** How long it is remembered that something was used: for so long its second use ends the grant. */
const REMEMBER_USED_SECONDS: Readonly<Record<string, number>> = {
  AuthorizationCode: 86_400,
  RefreshToken: 30 * 86_400,
};

/** Strangers may ask for consent, and each time costs a row: more than these of one integration push the oldest out. */
const MOST_INTERACTIONS = 500;

export interface StateParts {
  database: Database;
  secrets: Secrets;
  logger: Logger;
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
      ttlSeconds,
    };
    await this.run(async (tx) => {
      if (this.model === 'RefreshToken' && grantKey) await prolongState(tx, this.integrationId, grantKey, ttlSeconds);
      await putState(tx, state);
      if (this.model === 'Interaction') await keepNewest(tx, this.integrationId, this.model, MOST_INTERACTIONS);
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
    const fits = await this.run((tx) => this.use(tx, this.key(id)));
    if (fits) return;
    this.parts.logger.error({ integrationId: this.integrationId, model: this.model }, GRANT_ENDED);
    throw new errors.InvalidGrant('used already');
  }

  async destroy(id: string): Promise<void> {
    await this.run((tx) => deleteState(tx, this.integrationId, this.key(id)));
  }

  /** Ends the grant itself: what came of it goes with it, and what is just being made of it cannot be kept. */
  async revokeByGrantId(grantId: string): Promise<void> {
    await this.run((tx) => deleteState(tx, this.integrationId, this.key(grantId, 'Grant')));
  }

  private async use(tx: Tx, key: Buffer): Promise<boolean> {
    const { integrationId, model } = this;
    const refresh = model === 'RefreshToken';
    const known = await findState(tx, integrationId, key);
    if (!known?.grantKey) return false;
    if (refresh) await lockState(tx, integrationId, known.grantKey);
    const token = refresh ? await findRefreshToken(tx, integrationId, key) : undefined;
    if (token && !mayRefresh(token, new Date())) return endGrant();
    const first = await consumeState(tx, integrationId, key, REMEMBER_USED_SECONDS[model] ?? 0);
    return first || token !== undefined || endGrant();

    async function endGrant(): Promise<false> {
      await deleteState(tx, integrationId, known!.grantKey!);
      return false;
    }
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

  /** The refresh token that the one being saved replaces. */
  private parentKey(): Buffer | null {
    const replaced = this.model === 'RefreshToken' ? Provider.ctx?.oidc.entities.RotatedRefreshToken : undefined;
    return replaced ? this.key(replaced.jti) : null;
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
const FOREIGN_KEY_VIOLATION = '23503';

/** What cannot be answered now is 429: of all errors Okta comes again after that one alone. */
export function oauthFault(error: unknown): unknown {
  if ((error as { code?: unknown }).code === FOREIGN_KEY_VIOLATION) return new errors.InvalidGrant('the grant is gone');
  const refusal = refusalOf(error);
  if (refusal?.code !== 'deadline' && refusal?.code !== 'unavailable') return error;
  return Object.assign(new errors.TemporarilyUnavailable(refusal.message), { status: 429, statusCode: 429 });
}
