import { Injectable } from '@nestjs/common';
import { causeOf, type Event } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { keepSyncList } from '../sync/sync-list.queries.js';
import { SyncLists } from '../sync/sync-list.service.js';
import { deleteDirectory, rememberIntegration } from './integrations.queries.js';

export type IntegrationEvent = Event<
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed'
>;

/** Keeps which integrations are removed: their directory is gone, and late commands for them find nothing. Keeps which groups they sync. */
@Injectable()
export class IntegrationsService {
  constructor(
    private readonly database: Database,
    private readonly syncLists: SyncLists,
  ) {}

  /**
   * Remembers the state; of a removed integration all users and groups go. Tells nothing of that: everyone hears the
   * removal. A newer list of groups to sync is applied before the event counts as heard, so that a crash brings it again;
   * what it then finds done is not done twice.
   */
  async handleEvent(event: IntegrationEvent): Promise<void> {
    const { integrationId } = event;
    const { removed, version, groupsToSync, groupsToSyncVersion } = event.data;
    await once(this.database, event, async (tx) => {
      await rememberIntegration(tx, { integrationId, version, removed });
      if (removed) return deleteDirectory(tx, integrationId);
      // A teller of the release before does not say when the list was saved: any that does is newer.
      return keepSyncList(tx, integrationId, groupsToSync.map(foldCase), groupsToSyncVersion ?? 0);
    });
    await this.syncLists.catchUp(integrationId, causeOf(event));
  }
}
