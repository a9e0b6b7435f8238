import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { type Cause, type Page, pageOf, type PageQuery, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { LastAdminGuard } from '../auth/last-admin-guard.js';
import { type Reach } from '../auth/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { CATALOG, INTEGRATION_TYPES, integrationType, type IntegrationType } from './catalog.js';
import { nameKey } from './integration.rule.js';
import {
  deleteIntegration,
  findIntegration,
  insertIntegration,
  integrationIds,
  type Integration,
  listIntegrations,
  updateSettings,
} from './integrations.queries.js';
import { setDisabled } from './lifecycle.js';
import { statusOf } from './lifecycle.rule.js';
import { defaultSettings, type IntegrationSettings, objectOf, readSettings } from './settings.rule.js';
import { tell } from './integration-events.js';

/** The integrations: each the tenant of one organization's directory. */
@Injectable()
export class Integrations {
  constructor(
    private readonly database: Database,
    private readonly lastAdminGuard: LastAdminGuard,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns the ids of the integrations within reach that there are */
  idsWithin(reach: Reach): Promise<string[]> {
    return this.database.unscoped((tx) => integrationIds(tx, reach === 'all' ? undefined : reach));
  }

  /**
   * @param body the type, and the fields that the catalog gives it
   * @throws InvalidFields naming the wrong ones; Refusal `conflict` when the name is taken
   */
  async create(body: unknown, cause: Cause): Promise<Integration> {
    const { type: typeId, ...fields } = objectOf(body) as { type?: unknown };
    const type = integrationType(typeId);
    if (!type) throw new InvalidFields({ type: `must be one of ${INTEGRATION_TYPES.join(', ')}` });
    const given = readSettings(type, fields, 'complete', this.config) as Pick<IntegrationSettings, 'name'>;
    const settings = { ...defaultSettings(type), ...given };
    const id = uuidv7();
    return this.inTenancy(id, async (tx) => {
      const created = await insertIntegration(
        tx,
        id,
        typeId as string,
        settings,
        nameKey(settings.name),
        statusOf(NEW),
        cause.actor,
      );
      await tell(tx, 'integration.created', created, cause);
      return created;
    });
  }

  async list(reach: Reach, { cursor, limit }: PageQuery): Promise<Page<Integration>> {
    const ids = await this.idsWithin(reach);
    const found = await this.database.transaction({ integrationIds: ids }, (tx) =>
      listIntegrations(tx, ids, cursor, limit + 1),
    );
    return pageOf(
      found,
      limit,
      ({ id }) => id,
      (each) => each,
    );
  }

  /** @throws Refusal `missing` */
  async get(id: string): Promise<Integration> {
    return known(await this.inTenancy(id, (tx) => findIntegration(tx, id)));
  }

  /**
   * Checks a change and makes none.
   * @returns the name that the integration has, and the groups to sync where they are given
   * @throws Refusal `missing`; InvalidFields
   */
  async wanted(id: string, body: unknown): Promise<{ name: string; groupsToSync?: string[] }> {
    const before = await this.get(id);
    const { groupsToSync } = readSettings(typeOf(before), body, 'partial', this.config);
    return { name: before.name, ...(groupsToSync ? { groupsToSync } : {}) };
  }

  /**
   * Changes what is given; what changes nothing writes and tells nothing.
   * @param options.listAgain whether the groups to sync count as saved although they stay as they are
   * @throws Refusal `missing`, `conflict`; InvalidFields
   */
  async update(
    id: string,
    body: unknown,
    cause: Cause,
    { listAgain = false }: { listAgain?: boolean } = {},
  ): Promise<Integration> {
    return this.inTenancy(id, async (tx) => {
      const before = known(await findIntegration(tx, id, true));
      const changes = readSettings(typeOf(before), body, 'partial', this.config);
      const version = before.version + 1;
      const after = { ...before, ...changes, version, updatedBy: cause.actor };
      const isSaved = listAgain || !isDeepStrictEqual(after.groupsToSync, before.groupsToSync);
      if (isSaved) after.groupsToSyncVersion = version;
      if (!isSaved && sameSettings(before, after)) return before;
      await updateSettings(tx, after, nameKey(after.name));
      await tell(tx, 'integration.updated', after, cause);
      return after;
    });
  }

  /**
   * Shuts the door to the integration; whoever hears of it ends what was borrowed in it.
   * @param confirm the integration's name, typed by the person who wants it
   * @throws Refusal `missing`; InvalidFields when the name does not match
   */
  async disable(id: string, confirm: unknown, cause: Cause): Promise<Integration> {
    return this.inTenancy(id, async (tx) => {
      confirmed(known(await findIntegration(tx, id, true)), confirm);
      return known(await setDisabled(tx, id, true, cause));
    });
  }

  /** Opens the door again. It brings nothing back that ended. @throws Refusal `missing` */
  async enable(id: string, cause: Cause): Promise<Integration> {
    return known(await this.inTenancy(id, (tx) => setDisabled(tx, id, false, cause)));
  }

  /**
   * Removes the integration with its credentials, and the roles that its directory speaks for; whoever hears of it removes
   * the rest.
   * @param confirm the integration's name, typed by the person who wants it gone
   * @throws Refusal `missing`, `conflict` when nobody could administer afterwards; InvalidFields when the name does not match
   */
  async remove(id: string, confirm: unknown, cause: Cause): Promise<void> {
    const remove = async (tx: Tx) => {
      const integration = known(await findIntegration(tx, id, true));
      confirmed(integration, confirm);
      await deleteIntegration(tx, id);
      await tell(tx, 'integration.removed', { ...integration, version: integration.version + 1 }, cause);
    };
    await this.lastAdminGuard.run(remove, [id]);
  }

  private async inTenancy<T>(id: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction({ integrationIds: [id] }, work);
    } catch (error) {
      if ((error as { constraint?: unknown }).constraint === 'integrations_name_key')
        throw new Refusal('conflict', 'Another integration has this name.');
      throw error;
    }
  }
}

/** What is known of an integration that was just made. */
const NEW = {
  disabled: false,
  connectedAt: null,
  lastSeenAt: null,
  disconnectedAfterSeconds: 0,
  tally: { calls: 0, failures: 0, refusals: 0, refusedCredentials: 0 },
  credentialExpiresAt: null,
  undecidableRequests: 0,
  now: new Date(0),
};

function known(integration: Integration | undefined): Integration {
  if (!integration) throw new Refusal('missing', 'No such integration.');
  return integration;
}

function confirmed({ name }: Integration, confirm: unknown): void {
  if (confirm !== name) throw new InvalidFields({ confirm: "must be the integration's name" });
}

/** One whose type the catalog has no longer is a client of SCIM like others. */
const typeOf = ({ type }: Integration): IntegrationType => integrationType(type) ?? CATALOG['generic-scim'];

/** Not by their text: the database gives the members of extensions back in another order. */
function sameSettings(a: IntegrationSettings, b: IntegrationSettings): boolean {
  const settings = (one: IntegrationSettings) => {
    const { name, domain, groupsToSync, dialect, extensions, disconnectedAfterSeconds } = one;
    return { name, domain, groupsToSync, dialect, extensions, disconnectedAfterSeconds };
  };
  return isDeepStrictEqual(settings(a), settings(b));
}
