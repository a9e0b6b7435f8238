import { Injectable } from '@nestjs/common';
import { type Page, pageOf, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { requireIntegration } from '../integrations/require-integration.js';
import { EntryEntity } from './entry.entity.js';
import { type Entry } from './entry.js';
import { type EntryFilter, entryOf, listEntries } from './provisioning-log.queries.js';

/** Reads the provisioning log. */
@Injectable()
export class Activity {
  constructor(private readonly database: Database) {}

  /**
   * Entries of one integration, newest first.
   * @param before id of the last entry of the previous page
   * @throws Refusal `missing` for an unknown integration
   */
  async list(
    integrationId: string,
    filter: EntryFilter,
    { before, limit }: { before: string | undefined; limit: number },
  ): Promise<Page<Entry>> {
    const entries = await this.inIntegration(integrationId, (tx) =>
      listEntries(tx, integrationId, filter, before, limit + 1),
    );
    return pageOf(
      entries,
      limit,
      ({ id }) => id,
      (entry) => entry,
    );
  }

  /** @throws Refusal `missing` for an unknown integration or entry */
  async get(integrationId: string, id: string): Promise<Entry> {
    const where = { integrationId, id };
    const entry = await this.inIntegration(integrationId, (tx) => tx.findOne(EntryEntity, { where }));
    if (!entry) throw new Refusal('missing', 'No such entry, or it is older than the retention period.');
    return entryOf(entry);
  }

  private inIntegration<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      await requireIntegration(tx, integrationId);
      return work(tx);
    });
  }
}
