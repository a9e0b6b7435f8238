import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { newSecret } from '../auth/bearer.rule.js';
import { SecretLookups } from '../auth/secret-lookups.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { findIntegration } from '../integrations/integrations.queries.js';
import { Secrets } from '../secrets/secrets.service.js';
import { clientFaults, type ClientSettings, grantTypeOf } from './client-settings.rule.js';
import {
  type ClientSecret,
  deleteClient,
  deleteSecret,
  findClient,
  findClientInForce,
  findSecret,
  type GrantType,
  insertClient,
  insertSecret,
  listSecrets,
  type OAuthClient,
  updateClient,
} from './oauth-clients.queries.js';

/** The old one and the new one while Okta is given the new one. */
const MOST_SECRETS = 2;

/** A client with its secrets, as they may be shown. */
export type ClientWithSecrets = OAuthClient & { secrets: ClientSecret[] };

/** The client by which an identity provider speaks OAuth to its integration: one each. */
@Injectable()
export class OAuthClients {
  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
    private readonly secrets: Secrets,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param clientId given when all customers of a catalog app share one; made when absent. So with `clientSecret`
   * @returns the client and its secret, which cannot be had again
   * @throws InvalidFields; Refusal `missing` when there is no such integration, `conflict` when it has a client, or when
   * its type has none
   */
  create(
    integrationId: string,
    settings: ClientSettings,
    given: { clientId?: string | undefined; clientSecret?: string | undefined },
    actor: Actor,
  ): Promise<ClientWithSecrets & { clientSecret: string }> {
    const { clientId = uuidv7(), clientSecret = newSecret('tgc_') } = given;
    return this.inTenancy(integrationId, async (tx) => {
      const integration = await findIntegration(tx, integrationId);
      if (!integration) throw new Refusal('missing', 'No such integration.');
      const grantType = grantTypeOf(integration.type);
      if (!grantType) throw new Refusal('conflict', 'Integrations of this type do not speak OAuth.');
      this.check(grantType, settings);
      const client = await insertClient(tx, integrationId, { clientId, grantType, ...settings, createdBy: actor });
      if (!client) throw new Refusal('conflict', 'The integration has an OAuth client: change it, or delete it first.');
      return { ...client, secrets: [await this.keep(tx, integrationId, clientSecret, actor)], clientSecret };
    });
  }

  /** @throws Refusal `missing` */
  get(integrationId: string): Promise<ClientWithSecrets> {
    return this.inTenancy(integrationId, async (tx) => {
      const client = known(await findClient(tx, integrationId));
      return { ...client, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** @throws Refusal `missing`; InvalidFields */
  update(integrationId: string, changes: Partial<ClientSettings>, actor: Actor): Promise<ClientWithSecrets> {
    return this.inTenancy(integrationId, async (tx) => {
      const client = { ...known(await findClient(tx, integrationId, true)), ...changes, updatedBy: actor };
      this.check(client.grantType, client);
      await updateClient(tx, integrationId, client);
      return { ...client, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** Ends the client and every token that it was given. @throws Refusal `missing` */
  async remove(integrationId: string): Promise<void> {
    const removed = await this.inTenancy(integrationId, (tx) => deleteClient(tx, integrationId));
    if (!removed) throw noClient();
  }

  /**
   * Adds a secret beside the one in use, which goes on until it is revoked.
   * @throws Refusal `missing`, `conflict` when there are two, or when this is one of them
   */
  addSecret(
    integrationId: string,
    given: string | undefined,
    actor: Actor,
  ): Promise<ClientSecret & { clientSecret: string }> {
    const clientSecret = given ?? newSecret('tgc_');
    return this.inTenancy(integrationId, async (tx) => {
      known(await findClient(tx, integrationId, true));
      if ((await listSecrets(tx, integrationId)).length >= MOST_SECRETS)
        throw new Refusal('conflict', `A client may have ${MOST_SECRETS} secrets: revoke one first.`);
      if (await findSecret(tx, integrationId, this.hash(integrationId, clientSecret)))
        throw new Refusal('conflict', 'The client has this secret already.');
      return { ...(await this.keep(tx, integrationId, clientSecret, actor)), clientSecret };
    });
  }

  /** Ends a secret; every gateway refuses it within a second. @throws Refusal `missing` */
  async revokeSecret(integrationId: string, id: string): Promise<void> {
    const revoked = await this.inTenancy(integrationId, (tx) => deleteSecret(tx, integrationId, id));
    if (!revoked) throw new Refusal('missing', 'No such secret.');
  }

  /**
   * @returns the client of that id, or undefined when the integration has no such client or is disabled
   * @throws as `SecretLookups.find`: strangers wait in line
   */
  find(integrationId: string, clientId: string): Promise<OAuthClient | undefined> {
    const key = this.hash(integrationId, `client ${clientId}`).toString('base64');
    return this.lookups.find(key, () =>
      this.inTenancy(integrationId, (tx) => findClientInForce(tx, integrationId, clientId)),
    );
  }

  /** Whether this is a secret of the integration's client. @throws as `SecretLookups.find` */
  async isSecret(integrationId: string, secret: string): Promise<boolean> {
    const hash = this.hash(integrationId, secret);
    const found = await this.lookups.find(`secret ${hash.toString('base64')}`, () =>
      this.inTenancy(integrationId, (tx) => findSecret(tx, integrationId, hash)),
    );
    return found !== undefined;
  }

  private check(grantType: GrantType, settings: ClientSettings): void {
    const faults = clientFaults(grantType, settings, this.config.oauthRedirectOrigins);
    if (Object.values(faults).some((fault) => fault !== undefined)) throw new InvalidFields(faults);
  }

  private keep(tx: Tx, integrationId: string, secret: string, createdBy: Actor): Promise<ClientSecret> {
    const hash = this.hash(integrationId, secret);
    return insertSecret(tx, { id: uuidv7(), integrationId, hash, hint: secret.slice(-4), createdBy });
  }

  private hash(integrationId: string, text: string): Buffer {
    return this.secrets.hash('oauth client', `${integrationId} ${text}`);
  }

  private inTenancy<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}

const noClient = () => new Refusal('missing', 'The integration has no OAuth client.');

function known(client: OAuthClient | undefined): OAuthClient {
  if (!client) throw noClient();
  return client;
}
