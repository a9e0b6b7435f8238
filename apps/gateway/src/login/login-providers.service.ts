import { Injectable } from '@nestjs/common';
import { type Actor, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { InvalidFields } from '../http/invalid-fields.js';
import { Secrets } from '../secrets/secrets.service.js';
import { KeyedSemaphore } from '../keyed-semaphore.js';
import { AdminsLeft } from '../auth/admins-left.js';
import {
  bindIntegrations,
  deleteProvider,
  findProvider,
  insertProvider,
  listProviders,
  type LoginProvider,
  updateProvider,
} from './login-providers.queries.js';
import { OpenId } from './openid.service.js';

/** What an administrator says of a provider. */
export type ProviderSettings = Pick<LoginProvider, 'issuer' | 'clientId' | 'label' | 'integrationIds'> & {
  clientSecret: string;
};

/** How long a stranger waits for its turn. */
const LINE_MS = 5_000;

/** The OpenID Connect providers that vouch for people: one an issuer, and one an integration. */
@Injectable()
export class LoginProviders {
  private readonly semaphore = new KeyedSemaphore(1);

  constructor(
    private readonly database: Database,
    private readonly secrets: Secrets,
    private readonly openId: OpenId,
    private readonly adminsLeft: AdminsLeft,
  ) {}

  list(): Promise<LoginProvider[]> {
    return this.database.unscoped(listProviders);
  }

  /** For the pages of the login: strangers come there, and however many they are, they use one connection. */
  listForStranger(): Promise<LoginProvider[]> {
    return this.semaphore.run('strangers', Date.now() + LINE_MS, () => this.list());
  }

  /** So, too. @throws Refusal `missing`, `deadline` when too many wait */
  getForStranger(id: string): Promise<LoginProvider & { clientSecret: string }> {
    return this.semaphore.run('strangers', Date.now() + LINE_MS, () => this.get(id));
  }

  /** @throws Refusal `missing` */
  async get(id: string): Promise<LoginProvider & { clientSecret: string }> {
    const { clientSecret, ...provider } = known(await this.database.unscoped((tx) => findProvider(tx, id)));
    return { ...provider, clientSecret: this.secrets.unseal('login', clientSecret) };
  }

  /**
   * The issuer is asked who it is: what it calls itself is kept, for its tokens will say the same.
   * @throws InvalidFields; Refusal `conflict` when the issuer or an integration has a provider already
   */
  async create({ integrationIds, clientSecret, ...settings }: ProviderSettings, actor: Actor): Promise<LoginProvider> {
    const issuer = await this.openId.issuerAt(settings.issuer);
    const row = { ...settings, id: uuidv7(), issuer, clientSecret: this.secrets.seal('login', clientSecret) };
    const insert = async (tx: Tx) => {
      await insertProvider(tx, row, actor);
      await bindIntegrations(tx, row.id, integrationIds);
      return known(await findProvider(tx, row.id));
    };
    return this.write(() => this.database.transaction({ integrationIds }, insert));
  }

  /**
   * Changes what is given; the issuer stays. Roles that an integration speaks for which the provider leaves do not count.
   * @throws Refusal `missing`, `conflict` also when nobody could administer afterwards; InvalidFields
   */
  async update(
    id: string,
    { integrationIds, clientSecret, ...rest }: Partial<Omit<ProviderSettings, 'issuer'>>,
    actor: Actor,
  ): Promise<LoginProvider> {
    const sealed = clientSecret === undefined ? {} : { clientSecret: this.secrets.seal('login', clientSecret) };
    const update = async (tx: Tx) => {
      known(await findProvider(tx, id));
      await updateProvider(tx, id, { ...rest, ...sealed }, actor);
      if (integrationIds) await bindIntegrations(tx, id, integrationIds);
      return known(await findProvider(tx, id));
    };
    return this.write(() =>
      integrationIds ? this.adminsLeft.keep(update, integrationIds) : this.database.unscoped(update),
    );
  }

  /**
   * Whoever came in by it is out within a second.
   * @throws Refusal `missing`; `conflict` when nobody could administer afterwards
   */
  async remove(id: string): Promise<void> {
    await this.adminsLeft.keep(async (tx) => {
      if (!(await deleteProvider(tx, id))) throw noSuchProvider();
    });
  }

  private async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw FAULTS[String((error as { constraint?: unknown }).constraint)]?.() ?? error;
    }
  }
}

/** What a broken constraint means. */
const FAULTS: Readonly<Record<string, () => Error>> = {
  login_providers_issuer: () => new Refusal('conflict', 'There is a provider of this issuer already.'),
  login_provider_integrations_pkey: () =>
    new Refusal('conflict', 'One of the integrations has a provider already: only one can say who its users are.'),
  login_provider_integrations_integration_id_fkey: () =>
    new InvalidFields({ integrationIds: 'must be ids of integrations' }),
};

const noSuchProvider = () => new Refusal('missing', 'No such login provider.');

function known<T>(provider: T | undefined): T {
  if (!provider) throw noSuchProvider();
  return provider;
}
