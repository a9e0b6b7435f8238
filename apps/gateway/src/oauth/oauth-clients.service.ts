import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { newSecret } from '../http/bearer.rule.js';
import { SecretLookups } from '../limits/secret-lookups.limiter.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { requireIntegration } from '../integrations/require-integration.js';
import { Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';
import { clientFaults, type ClientSettings, grantTypeOf } from './client-settings.rule.js';
import {
  type ClientSecret,
  deleteClient,
  deleteSecret,
  findClient,
  findEnabledClient,
  findSecret,
  type GrantType,
  insertClient,
  insertSecret,
  listSecrets,
  type OAuthClient,
  updateClient,
} from './oauth-clients.queries.js';

/** Two, to rotate the secret. */
const MAX_SECRETS = 2;

/** A client with its secrets, without their values. */
export type ClientWithSecrets = OAuthClient & { secrets: ClientSecret[] };

/** Manages the OAuth clients of integrations: at most one per integration. */
@Injectable()
export class OAuthClients {
  constructor(
    private readonly database: Database,
    private readonly lookups: SecretLookups,
    private readonly secrets: Secrets<Purpose>,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param given client id and secret that all customers of a catalog app share; generated if absent
   * @returns the client and its secret, which is not stored
   * @throws InvalidFields; Refusal `missing` for an unknown integration, `conflict` when it has a client or its type does
   *   not support OAuth
   */
  create(
    integrationId: string,
    settings: ClientSettings,
    given: { clientId?: string | undefined; clientSecret?: string | undefined },
    actor: Actor,
  ): Promise<ClientWithSecrets & { clientSecret: string }> {
    const { clientId = uuidv7(), clientSecret = newSecret('tgc_') } = given;
    return this.inIntegration(integrationId, async (tx) => {
      const grantType = grantTypeOf((await requireIntegration(tx, integrationId)).type);
      if (!grantType)
        throw new Refusal('conflict', 'Integrations of this type do not support OAuth. Create a token instead.');
      this.check(grantType, settings);
      const client = await insertClient(tx, integrationId, { clientId, grantType, ...settings, createdBy: actor });
      if (!client)
        throw new Refusal('conflict', 'The integration already has an OAuth client. Change it, or delete it first.');
      return { ...client, secrets: [await this.insertSecret(tx, integrationId, clientSecret, actor)], clientSecret };
    });
  }

  /** @throws Refusal `missing` */
  get(integrationId: string): Promise<ClientWithSecrets> {
    return this.inIntegration(integrationId, async (tx) => {
      const client = existing(await findClient(tx, integrationId));
      return { ...client, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** @throws Refusal `missing`; InvalidFields */
  update(integrationId: string, changes: Partial<ClientSettings>, actor: Actor): Promise<ClientWithSecrets> {
    return this.inIntegration(integrationId, async (tx) => {
      const client = { ...existing(await findClient(tx, integrationId, true)), ...changes, updatedBy: actor };
      this.check(client.grantType, client);
      await updateClient(tx, integrationId, client);
      return { ...client, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** Deletes the client and all its tokens. @throws Refusal `missing` */
  async remove(integrationId: string): Promise<void> {
    const removed = await this.inIntegration(integrationId, (tx) => deleteClient(tx, integrationId));
    if (!removed) throw noClient();
  }

  /**
   * Adds a second secret; the first one stays valid until it is revoked.
   * @throws Refusal `missing`, `conflict` when there are two, or when the client has this secret
   */
  addSecret(
    integrationId: string,
    given: string | undefined,
    actor: Actor,
  ): Promise<ClientSecret & { clientSecret: string }> {
    const clientSecret = given ?? newSecret('tgc_');
    return this.inIntegration(integrationId, async (tx) => {
      existing(await findClient(tx, integrationId, true));
      if ((await listSecrets(tx, integrationId)).length >= MAX_SECRETS)
        throw new Refusal('conflict', `A client can have at most ${MAX_SECRETS} secrets. Revoke one first.`);
      if (await findSecret(tx, integrationId, this.hash(integrationId, clientSecret)))
        throw new Refusal('conflict', 'The client already has this secret. Send another one.');
      return { ...(await this.insertSecret(tx, integrationId, clientSecret, actor)), clientSecret };
    });
  }

  /** Revokes a secret; all gateways refuse it within a second. @throws Refusal `missing` */
  async revokeSecret(integrationId: string, id: string): Promise<void> {
    const revoked = await this.inIntegration(integrationId, (tx) => deleteSecret(tx, integrationId, id));
    if (!revoked) throw new Refusal('missing', 'No such secret.');
  }

  /**
   * @returns the client with this id; undefined when the integration has no such client or is disabled
   * @throws as `SecretLookups.find`
   */
  find(integrationId: string, clientId: string): Promise<OAuthClient | undefined> {
    const key = this.hash(integrationId, `client ${clientId}`).toString('base64');
    return this.lookups.find(key, () =>
      this.inIntegration(integrationId, (tx) => findEnabledClient(tx, integrationId, clientId)),
    );
  }

  /** @returns whether this is a secret of the client @throws as `SecretLookups.find` */
  async isSecret(integrationId: string, secret: string): Promise<boolean> {
    const hash = this.hash(integrationId, secret);
    const stored = await this.lookups.find(`secret ${hash.toString('base64')}`, () =>
      this.inIntegration(integrationId, (tx) => findSecret(tx, integrationId, hash)),
    );
    return stored !== undefined;
  }

  private check(grantType: GrantType, settings: ClientSettings): void {
    const faults = clientFaults(grantType, settings, this.config.oauthRedirectOrigins);
    if (Object.values(faults).some((fault) => fault !== undefined)) throw new InvalidFields(faults);
  }

  private insertSecret(tx: Tx, integrationId: string, secret: string, createdBy: Actor): Promise<ClientSecret> {
    const hash = this.hash(integrationId, secret);
    return insertSecret(tx, { id: uuidv7(), integrationId, hash, hint: secret.slice(-4), createdBy });
  }

  private hash(integrationId: string, value: string): Buffer {
    return this.secrets.hash('oauth client', `${integrationId} ${value}`);
  }

  private inIntegration<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}

const noClient = () => new Refusal('missing', 'The integration has no OAuth client. Create one first.');

function existing(client: OAuthClient | undefined): OAuthClient {
  if (!client) throw noClient();
  return client;
}
