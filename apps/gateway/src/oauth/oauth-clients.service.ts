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
import { ClientSecretEntity } from './client-secret.entity.js';
import { OAuthClientEntity } from './oauth-client.entity.js';
import {
  type ClientSecret,
  findEnabledClient,
  type GrantType,
  insertClient,
  listSecrets,
  withoutHash,
} from './oauth-clients.queries.js';

/** Two, to rotate the secret. */
const MAX_SECRETS = 2;

/** A client with its secrets, without their values. */
export type ClientWithSecrets = OAuthClientEntity & { secrets: ClientSecret[] };

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
    return this.database.inIntegration(integrationId, async (tx) => {
      const grantType = grantTypeOf((await requireIntegration(tx, integrationId)).type);
      if (!grantType)
        throw new Refusal('conflict', 'Integrations of this type do not support OAuth. Create a token instead.');
      this.check(grantType, settings);
      const client = await insertClient(tx, { integrationId, clientId, grantType, ...settings, createdBy: actor });
      if (!client)
        throw new Refusal('conflict', 'The integration already has an OAuth client. Change it, or delete it first.');
      return { ...client, secrets: [await this.insertSecret(tx, integrationId, clientSecret, actor)], clientSecret };
    });
  }

  /** @throws Refusal `missing` */
  get(integrationId: string): Promise<ClientWithSecrets> {
    return this.database.inIntegration(integrationId, async (tx) => {
      const found = await tx.findOne(OAuthClientEntity, { where: { integrationId } });
      const client = await expectClient(tx, integrationId, found);
      return { ...client, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** @throws Refusal `missing`; InvalidFields */
  update(integrationId: string, changes: Partial<ClientSettings>, actor: Actor): Promise<ClientWithSecrets> {
    return this.database.inIntegration(integrationId, async (tx) => {
      const { appName, redirectUris, grantType } = { ...(await this.lock(tx, integrationId)), ...changes };
      this.check(grantType, { appName, redirectUris });
      const values = { appName, redirectUris, updatedBy: actor };
      const [client] = await tx.update(OAuthClientEntity, { integrationId }, values);
      return { ...client!, secrets: await listSecrets(tx, integrationId) };
    });
  }

  /** Deletes the client and all its tokens. @throws Refusal `missing` */
  async remove(integrationId: string): Promise<void> {
    const removed = await this.database.inIntegration(integrationId, (tx) =>
      tx.delete(OAuthClientEntity, { integrationId }),
    );
    if (removed === 0) throw noClient();
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
    return this.database.inIntegration(integrationId, async (tx) => {
      await this.lock(tx, integrationId);
      if ((await listSecrets(tx, integrationId)).length >= MAX_SECRETS)
        throw new Refusal('conflict', `A client can have at most ${MAX_SECRETS} secrets. Revoke one first.`);
      const hash = this.hash(integrationId, clientSecret);
      if (await tx.findOne(ClientSecretEntity, { where: { integrationId, hash } }))
        throw new Refusal('conflict', 'The client already has this secret. Send another one.');
      return { ...(await this.insertSecret(tx, integrationId, clientSecret, actor)), clientSecret };
    });
  }

  /** Revokes a secret; all gateways refuse it within a second. @throws Refusal `missing` */
  async revokeSecret(integrationId: string, id: string): Promise<void> {
    const where = { integrationId, id };
    const revoked = await this.database.inIntegration(integrationId, (tx) => tx.delete(ClientSecretEntity, where));
    if (revoked === 0) throw new Refusal('missing', 'No such secret.');
  }

  /**
   * @returns the client with this id; undefined when the integration has no such client or is disabled
   * @throws as `SecretLookups.find`
   */
  find(integrationId: string, clientId: string): Promise<OAuthClientEntity | undefined> {
    const key = this.hash(integrationId, `client ${clientId}`).toString('base64');
    return this.lookups.find(key, () =>
      this.database.inIntegration(integrationId, (tx) => findEnabledClient(tx, integrationId, clientId)),
    );
  }

  /** @returns whether this is a secret of the client @throws as `SecretLookups.find` */
  async isSecret(integrationId: string, secret: string): Promise<boolean> {
    const hash = this.hash(integrationId, secret);
    const stored = await this.lookups.find(`secret ${hash.toString('base64')}`, () =>
      this.database.inIntegration(integrationId, (tx) =>
        tx.findOne(ClientSecretEntity, { where: { integrationId, hash } }),
      ),
    );
    return stored !== undefined;
  }

  /** @returns the client, locked until the end of the transaction @throws Refusal `missing` */
  private async lock(tx: Tx, integrationId: string): Promise<OAuthClientEntity> {
    const found = await tx.findOne(OAuthClientEntity, { where: { integrationId }, lock: 'forUpdate' });
    return expectClient(tx, integrationId, found);
  }

  private check(grantType: GrantType, settings: ClientSettings): void {
    const faults = clientFaults(grantType, settings, this.config.oauthRedirectOrigins);
    if (Object.values(faults).some((fault) => fault !== undefined)) throw new InvalidFields(faults);
  }

  private async insertSecret(tx: Tx, integrationId: string, secret: string, createdBy: Actor): Promise<ClientSecret> {
    const hash = this.hash(integrationId, secret);
    const row = { id: uuidv7(), integrationId, hash, hint: secret.slice(-4), createdBy };
    return withoutHash(await tx.insert(ClientSecretEntity, row));
  }

  private hash(integrationId: string, value: string): Buffer {
    return this.secrets.hash('oauth client', `${integrationId} ${value}`);
  }
}

/** @throws Refusal `missing`, which names the integration when that does not exist either */
async function expectClient(
  tx: Tx,
  integrationId: string,
  client: OAuthClientEntity | undefined,
): Promise<OAuthClientEntity> {
  if (client) return client;
  await requireIntegration(tx, integrationId);
  throw noClient();
}

const noClient = () => new Refusal('missing', 'The integration has no OAuth client. Create one first.');
