import { Injectable } from '@nestjs/common';
import { type Actor, type Ending, Refusal, requireConfirmation } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { KeyedSemaphore } from '../limits/keyed-semaphore.limiter.js';
import { LastAdministrator } from '../auth/last-administrator.service.js';
import { LoginProviderEntity } from './login-provider.entity.js';
import { bindIntegrations, findProvider, listProviders, type LoginProvider } from './login-providers.queries.js';
import { OpenId } from './openid.service.js';
import { countEndings, countUsersIn, keysOfIssuer, rolesOfIssuer } from './provider-endings.queries.js';
import { countStoppedKeys } from './stopped-keys.rule.js';

/** The settings of a provider. */
export type ProviderSettings = Pick<LoginProvider, 'issuer' | 'clientId' | 'label' | 'integrationIds'> & {
  clientSecret: string;
};

/** How long an unauthenticated request waits in the queue. */
const QUEUE_MS = 5_000;

/** Manages the OpenID Connect login providers: one per issuer, and at most one per integration. */
@Injectable()
export class LoginProviders {
  private readonly semaphore = new KeyedSemaphore(1);

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets<Purpose>,
    private readonly openId: OpenId,
    private readonly lastAdministrator: LastAdministrator,
  ) {}

  list(): Promise<LoginProvider[]> {
    return this.database.unscoped(listProviders);
  }

  /** For unauthenticated requests, which together use one database connection. @throws Refusal `deadline` */
  listUnauthenticated(): Promise<LoginProvider[]> {
    return this.semaphore.run('unauthenticated', Date.now() + QUEUE_MS, () => this.list());
  }

  /** Like `listUnauthenticated`. @throws Refusal `missing`, `deadline` */
  getUnauthenticated(id: string): Promise<LoginProvider & { clientSecret: string }> {
    return this.semaphore.run('unauthenticated', Date.now() + QUEUE_MS, () => this.get(id));
  }

  /** @throws Refusal `missing` */
  async get(id: string): Promise<LoginProvider & { clientSecret: string }> {
    const { clientSecret, ...provider } = existing(await this.database.unscoped((tx) => findProvider(tx, id)));
    return { ...provider, clientSecret: this.secrets.unseal('login', clientSecret) };
  }

  /**
   * Stores the issuer as its metadata has it, because its tokens contain the same value.
   * @throws InvalidFields; Refusal `conflict` when the issuer or an integration has a provider already
   */
  async create({ integrationIds, clientSecret, ...settings }: ProviderSettings, actor: Actor): Promise<LoginProvider> {
    const issuer = await this.openId.issuerAt(settings.issuer);
    const sealed = this.secrets.seal('login', clientSecret);
    const row = { ...settings, id: uuidv7(), issuer, clientSecret: sealed, createdBy: actor };
    const insert = async (tx: Tx) => {
      await tx.insert(LoginProviderEntity, row);
      await bindIntegrations(tx, row.id, integrationIds);
      return existing(await findProvider(tx, row.id));
    };
    return this.write(() => this.database.transaction({ integrationIds }, insert));
  }

  /**
   * Updates the given fields. Roles are not effective while their integration is not one of the provider.
   * @param confirm label of the provider before the change; required when users, roles or API keys lose their access
   * @throws Refusal `missing`; `conflict` also for the last administrator, and without `confirm`; InvalidFields
   */
  async update(
    id: string,
    { integrationIds, clientSecret, clientId, label }: Partial<Omit<ProviderSettings, 'issuer'>>,
    confirm: unknown,
    actor: Actor,
  ): Promise<LoginProvider> {
    const sealed = clientSecret === undefined ? undefined : this.secrets.seal('login', clientSecret);
    const update = async (tx: Tx) => {
      const before = existing(await findProvider(tx, id));
      await tx.update(LoginProviderEntity, { id }, { clientId, clientSecret: sealed, label, updatedBy: actor });
      if (integrationIds) await this.bind(tx, before, integrationIds, confirm);
      return existing(await findProvider(tx, id));
    };
    return this.write(() =>
      integrationIds ? this.lastAdministrator.run(update, integrationIds) : this.database.unscoped(update),
    );
  }

  /**
   * Deletes a provider. Its sessions end within a second.
   * @param confirm label of the provider; required when sessions, roles or API keys would end
   * @throws Refusal `missing`; `conflict` for the last administrator, and without `confirm`
   */
  async remove(id: string, confirm: unknown): Promise<void> {
    await this.lastAdministrator.run(async (tx) => {
      const { issuer, label } = existing(await findProvider(tx, id));
      const { sessions, roles, apiKeys } = await countEndings(tx, issuer);
      const ends = [{ count: sessions, verb: 'end', noun: 'session' }, ...endsOf(roles, apiKeys)];
      requireConfirmation({ title: TITLE, name: label, place: 'query parameter', ends }, confirm);
      if ((await tx.delete(LoginProviderEntity, { id })) === 0) throw noSuchProvider();
    });
  }

  /** Sets the integrations, and compares what the people of the provider can use before and after. */
  private async bind(
    tx: Tx,
    { id, issuer, label, integrationIds: before }: LoginProvider,
    integrationIds: readonly string[],
    confirm: unknown,
  ): Promise<void> {
    const removed = before.filter((each) => !integrationIds.includes(each));
    const rolesBefore = await rolesOfIssuer(tx, issuer);
    await bindIntegrations(tx, id, integrationIds);
    const rolesAfter = await rolesOfIssuer(tx, issuer);
    const left = new Set(rolesAfter.map((role) => role.id));
    const ended = rolesBefore.filter((role) => !left.has(role.id));
    const stopped = countStoppedKeys(await keysOfIssuer(tx, issuer), rolesBefore, rolesAfter);
    // Last, because it limits what the transaction can access.
    const users = await countUsersIn(tx, issuer, removed);
    const ends = [{ count: users, verb: 'end the logins of', noun: 'user' }, ...endsOf(ended.length, stopped)];
    requireConfirmation({ title: TITLE, name: label, place: 'field', ends }, confirm);
  }

  private async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw FAULTS[String((error as { constraint?: unknown }).constraint)]?.() ?? error;
    }
  }
}

/** What `confirm` is. */
const TITLE = 'label of the login provider';

const endsOf = (roles: number, apiKeys: number): Ending[] => [
  { count: roles, verb: 'end', noun: 'role' },
  { count: apiKeys, verb: 'stop', noun: 'API key' },
];

/** Errors by violated constraint. */
const FAULTS: Readonly<Record<string, () => Error>> = {
  login_providers_issuer: () => new Refusal('conflict', 'This issuer already has a login provider. Change that one.'),
  login_provider_integrations_pkey: () =>
    new Refusal(
      'conflict',
      'One of the integrations already has a login provider. Remove the integration from that provider first.',
    ),
  login_provider_integrations_integration_id_fkey: () =>
    new InvalidFields({ integrationIds: 'must be ids of integrations' }),
};

const noSuchProvider = () => new Refusal('missing', 'No such login provider.');

function existing<T>(provider: T | undefined): T {
  if (!provider) throw noSuchProvider();
  return provider;
}
