import { Injectable } from '@nestjs/common';
import { type Page, pageOf, Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { findIntegration } from '../integrations/integrations.queries.js';
import { type Entry } from './entry.js';
import { type EntryFilter, findEntry, listEntries } from './provisioning-log.queries.js';

/** The provisioning log as it is read. */
@Injectable()
export class Activity {
  constructor(private readonly database: Database) {}

  /**
   * Entries of one integration, newest first.
   * @param before id of the last one of the page before
   * @throws Refusal `missing` when there is no such integration
   */
  async list(
    integrationId: string,
    filter: EntryFilter,
    { before, limit }: { before: string | undefined; limit: number },
  ): Promise<Page<Entry>> {
    const found = await this.inTenancy(integrationId, (tx) =>
      listEntries(tx, integrationId, filter, before, limit + 1),
    );
    return pageOf(
      found,
      limit,
      ({ id }) => id,
      (entry) => entry,
    );
  }

  /** @throws Refusal `missing` when there is no such integration, or no such entry of it */
  async get(integrationId: string, id: string): Promise<Entry> {
    const entry = await this.inTenancy(integrationId, (tx) => findEntry(tx, integrationId, id));
    if (!entry) throw new Refusal('missing', 'There is no such entry, or it is older than the log is kept.');
    return entry;
  }

  private inTenancy<T>(integrationId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, async (tx) => {
      if (!(await findIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
      return work(tx);
    });
  }
}
