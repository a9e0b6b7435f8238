import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { type Cause, type Page, pageOf, type PageQuery, Refusal } from '@tidegate/contracts';
import { Database, enterIntegration, type Tx } from '@tidegate/database';
import { ruleAttributes } from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { LastAdministrator } from '../auth/last-administrator.service.js';
import { type Reach } from '../callers/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { CATALOG, INTEGRATION_TYPES, integrationType, type IntegrationType } from './catalog.js';
import { IntegrationEntity } from './integration.entity.js';
import { nameKey } from './integration.rule.js';
import {
  deleteIntegration,
  insertIntegration,
  integrationIds,
  listIntegrations,
  namesWithDomain,
} from './integrations.queries.js';
import { existing, requireIntegration } from './require-integration.js';
import { setDisabled } from './lifecycle.js';
import { statusOf } from './lifecycle.rule.js';
import { defaultSettings, type IntegrationSettings, objectOf, readSettings } from './settings.rule.js';
import { recordChange } from './integration.events.js';

/** Manages integrations. */
@Injectable()
export class Integrations {
  constructor(
    private readonly database: Database,
    private readonly lastAdministrator: LastAdministrator,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns the ids of existing integrations within reach */
  idsWithin(reach: Reach): Promise<string[]> {
    return this.database.unscoped((tx) => integrationIds(tx, reach === 'all' ? undefined : reach));
  }

  /**
   * @param body the type, and its fields in the catalog
   * @param reach of the caller
   * @throws InvalidFields with the invalid fields; Refusal `conflict` when the name is taken
   */
  async create(body: unknown, cause: Cause, reach: Reach): Promise<SavedIntegration> {
    const { type: typeId, ...fields } = objectOf(body) as { type?: unknown };
    const type = integrationType(typeId);
    if (!type)
      throw new InvalidFields({ type: `must be one of ${INTEGRATION_TYPES.join(', ')}`, ...missingOfAllTypes(fields) });
    const given = readSettings(type, fields, 'complete', this.config) as Pick<IntegrationSettings, 'name'>;
    const settings = { ...defaultSettings(type), ...given };
    const id = uuidv7();
    const row = { ...settings, id, type: typeId as string, nameKey: nameKey(settings.name), createdBy: cause.actor };
    return this.inIntegration(id, async (tx) => {
      const created = await insertIntegration(tx, row, statusOf(NEW_INTEGRATION));
      await recordChange(tx, 'integration.created', created, cause);
      return { integration: created, sameDomain: await othersOfDomain(tx, created, given, reach) };
    });
  }

  async list(reach: Reach, { cursor, limit }: PageQuery): Promise<Page<IntegrationEntity>> {
    const ids = await this.idsWithin(reach);
    const integrations = await this.database.transaction({ integrationIds: ids }, (tx) =>
      listIntegrations(tx, ids, cursor, limit + 1),
    );
    return pageOf(
      integrations,
      limit,
      ({ id }) => id,
      (each) => each,
    );
  }

  /** @throws Refusal `missing` */
  async get(id: string): Promise<IntegrationEntity> {
    return this.inIntegration(id, (tx) => requireIntegration(tx, id));
  }

  /**
   * Validates a change without making it.
   * @returns the current name of the integration, the groups to sync if given, and the version of the current list
   * @throws Refusal `missing`; InvalidFields
   */
  async checkUpdate(
    id: string,
    body: unknown,
  ): Promise<{ name: string; listVersion: number; groupsToSync?: string[] }> {
    const before = await this.get(id);
    const { groupsToSync } = readSettings(typeOf(before), body, 'partial', this.config);
    const { name, groupsToSyncVersion: listVersion } = before;
    return { name, listVersion, ...(groupsToSync ? { groupsToSync } : {}) };
  }

  /**
   * Changes the given settings. Without an effective change, nothing is saved and no event is recorded.
   * @param options.reach of the caller
   * @param options.reapplyList whether to apply the groups to sync again although they are unchanged
   * @param options.ifListVersion version that the current list must have
   * @throws Refusal `missing`, `conflict`; InvalidFields
   */
  async update(
    id: string,
    body: unknown,
    cause: Cause,
    { reach, reapplyList = false, ifListVersion }: { reach: Reach; reapplyList?: boolean; ifListVersion?: number },
  ): Promise<SavedIntegration> {
    return this.inIntegration(id, async (tx) => {
      const before = await requireIntegration(tx, id, true);
      if (ifListVersion !== undefined && before.groupsToSyncVersion !== ifListVersion)
        throw new Refusal('conflict', 'The groups to sync were changed at the same time. Repeat the call.');
      const changes = readSettings(typeOf(before), body, 'partial', this.config);
      const saved = async (integration: IntegrationEntity) => ({
        integration,
        sameDomain: await othersOfDomain(tx, integration, changes, reach),
      });
      const version = before.version + 1;
      const after = { ...before, ...changes, version, updatedBy: cause.actor };
      after.nameKey = nameKey(after.name);
      const savesList = reapplyList || !isDeepStrictEqual(after.groupsToSync, before.groupsToSync);
      if (savesList) after.groupsToSyncVersion = version;
      if (!isDeepStrictEqual(ruleAttributes(after.extensions), ruleAttributes(before.extensions)))
        after.profileAttributesVersion = version;
      if (!savesList && sameSettings(before, after)) return saved(before);
      const { updatedBy, groupsToSyncVersion, profileAttributesVersion } = after;
      const versions = { version, groupsToSyncVersion, profileAttributesVersion };
      await tx.update(IntegrationEntity, { id }, { ...changes, nameKey: after.nameKey, ...versions, updatedBy });
      await recordChange(tx, 'integration.updated', after, cause);
      return saved(after);
    });
  }

  /**
   * Disables the integration. Subscribers of the event end its grants.
   * @param confirm name of the integration, as confirmation
   * @throws Refusal `missing`; InvalidFields when the name does not match
   */
  async disable(id: string, confirm: unknown, cause: Cause): Promise<IntegrationEntity> {
    return this.inIntegration(id, async (tx) => {
      requireName(await requireIntegration(tx, id, true), confirm);
      return existing(await setDisabled(tx, id, true, cause));
    });
  }

  /**
   * Deletes the integration with its credentials and the roles that depend on its directory. Subscribers of the event
   * delete its other data.
   * @param confirm name of the integration, as confirmation
   * @throws Refusal `missing`, `conflict` when it would remove the last administrator; InvalidFields when the name differs
   */
  async remove(id: string, confirm: unknown, cause: Cause): Promise<void> {
    const remove = async (tx: Tx) => {
      const integration = await requireIntegration(tx, id, true);
      requireName(integration, confirm);
      await deleteIntegration(tx, id);
      await recordChange(tx, 'integration.removed', { ...integration, version: integration.version + 1 }, cause);
    };
    await this.lastAdministrator.run(remove, [id]);
  }

  private async inIntegration<T>(id: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.database.inIntegration(id, work);
    } catch (error) {
      if ((error as { constraint?: unknown }).constraint === 'integrations_name_key')
        throw new Refusal('conflict', 'Another integration already has this name. Choose another name.');
      throw error;
    }
  }
}

/** An integration as it was saved, and the names of the others within reach that have the given domain. */
export interface SavedIntegration {
  integration: IntegrationEntity;
  sameDomain: string[];
}

/**
 * @param tx gains access to the integrations within reach, so it must be the last statement
 * @param given the given settings: without a domain, none are looked up
 */
async function othersOfDomain(
  tx: Tx,
  { id, domain }: IntegrationEntity,
  given: object,
  reach: Reach,
): Promise<string[]> {
  if (domain === null || !('domain' in given)) return [];
  const ids = await integrationIds(tx, reach === 'all' ? undefined : reach);
  await enterIntegration(tx, ...ids);
  return namesWithDomain(tx, ids, { domain, except: id });
}

/** Input for the status of a new integration. */
const NEW_INTEGRATION = {
  disabled: false,
  connectedAt: null,
  lastSeenAt: null,
  disconnectedAfterSeconds: 0,
  tally: { calls: 0, failures: 0, refusals: 0, refusedCredentials: 0 },
  credentialExpiresAt: null,
  missedCalls: 0,
  undecidableRequests: 0,
  now: new Date(0),
};

/** @returns a fault for each missing field that all types require: those that the generic type requires */
function missingOfAllTypes(given: object): Record<string, string> {
  const missing = CATALOG['generic-scim'].fields.filter(({ name, required }) => required && !(name in given));
  return Object.fromEntries(missing.map(({ name }) => [name, 'is required']));
}

function requireName({ name }: IntegrationEntity, confirm: unknown): void {
  if (confirm !== name) throw new InvalidFields({ confirm: 'must be the name of the integration' });
}

/** Types that were removed from the catalog are treated as generic. */
const typeOf = ({ type }: IntegrationEntity): IntegrationType => integrationType(type) ?? CATALOG['generic-scim'];

/** Compares deeply: jsonb does not keep the order of members. */
function sameSettings(a: IntegrationSettings, b: IntegrationSettings): boolean {
  const settings = (one: IntegrationSettings) => {
    const { name, domain, groupsToSync, dialect, extensions, managerAttribute, disconnectedAfterSeconds } = one;
    return { name, domain, groupsToSync, dialect, extensions, managerAttribute, disconnectedAfterSeconds };
  };
  return isDeepStrictEqual(settings(a), settings(b));
}
