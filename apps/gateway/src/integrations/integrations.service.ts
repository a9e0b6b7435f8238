import { Inject, Injectable } from '@nestjs/common';
import { type Page, type PageQuery, Refusal, pageOf } from '@tidegate/contracts';
import { Database, recordFacts, type Told, type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';
import { type Reach } from '../auth/roles.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { InvalidFields } from '../http/invalid-fields.js';
import { domainFault, nameFault, nameKey } from './integration.rule.js';
import {
  deleteIntegration,
  findIntegration,
  insertIntegration,
  integrationIds,
  type Integration,
  listIntegrations,
  updateIntegration,
} from './integrations.queries.js';

/** What an administrator says of an integration. */
export type IntegrationSettings = Pick<Integration, 'name' | 'domain' | 'groupsToSync'>;

/** The integrations: each the tenant of one Okta organization's directory. */
@Injectable()
export class Integrations {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @returns the ids of the integrations within reach that there are */
  idsWithin(reach: Reach): Promise<string[]> {
    return this.database.unscoped((tx) => integrationIds(tx, reach === 'all' ? undefined : reach));
  }

  /**
   * @throws InvalidFields naming the wrong ones; Refusal `conflict` when the name is taken
   */
  async create(type: Integration['type'], settings: IntegrationSettings, requestId: string): Promise<Integration> {
    const checked = this.check(settings);
    const row = { id: uuidv7(), type, ...checked, nameKey: nameKey(checked.name) };
    return this.inTenancy(row.id, async (tx) => {
      const created = await insertIntegration(tx, row);
      await recordFacts(tx, 'gateway', [told('integration.created', created, requestId)]);
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
   * Changes what is given; what changes nothing writes and tells nothing.
   * @throws Refusal `missing`, `conflict`; InvalidFields
   */
  async update(id: string, changes: Partial<IntegrationSettings>, requestId: string): Promise<Integration> {
    return this.inTenancy(id, async (tx) => {
      const before = known(await findIntegration(tx, id, true));
      const { name, domain, groupsToSync } = { ...before, ...changes };
      const settings = this.check({ name, domain, groupsToSync });
      const after = { ...before, ...settings, version: before.version + 1 };
      if (sameSettings(before, after)) return before;
      await updateIntegration(tx, after, nameKey(after.name));
      await recordFacts(tx, 'gateway', [told('integration.updated', after, requestId)]);
      return after;
    });
  }

  /**
   * Removes the integration with its credentials; whoever hears of it removes the rest.
   * @param confirm the integration's name, typed by the person who wants it gone
   * @throws Refusal `missing`; InvalidFields when the name does not match
   */
  async remove(id: string, confirm: string | undefined, requestId: string): Promise<void> {
    await this.inTenancy(id, async (tx) => {
      const integration = known(await findIntegration(tx, id, true));
      if (confirm !== integration.name) throw new InvalidFields({ confirm: "must be the integration's name" });
      await deleteIntegration(tx, id);
      const removed = { ...integration, version: integration.version + 1 };
      await recordFacts(tx, 'gateway', [told('integration.removed', removed, requestId)]);
    });
  }

  private check({ name, domain, groupsToSync }: IntegrationSettings): IntegrationSettings {
    const settings = { name: name.trim(), domain: domain.trim().toLowerCase(), groupsToSync };
    const faults = { name: nameFault(settings.name), domain: domainFault(settings.domain, this.config.allowedDomains) };
    if (faults.name ?? faults.domain) throw new InvalidFields(faults);
    return settings;
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

function known(integration: Integration | undefined): Integration {
  if (!integration) throw new Refusal('missing', 'No such integration.');
  return integration;
}

function sameSettings(a: IntegrationSettings, b: IntegrationSettings): boolean {
  return (
    a.name === b.name && a.domain === b.domain && JSON.stringify(a.groupsToSync) === JSON.stringify(b.groupsToSync)
  );
}

/** The fact of a change to an integration. */
export function told(
  name: 'integration.created' | 'integration.updated' | 'integration.removed',
  integration: Integration,
  requestId: string,
): Told {
  const { id, name: called, type, version } = integration;
  const data = { integrationId: id, name: called, type, removed: name === 'integration.removed', version };
  return { name, integrationId: id, subject: id, version, requestId, data };
}
