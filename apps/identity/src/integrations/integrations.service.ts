import { Injectable } from '@nestjs/common';
import { causeOf, type Event, type IntegrationState } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { keepSyncList } from '../sync/sync-list.queries.js';
import { SyncLists } from '../sync/sync-list.service.js';
import { ProfilePasses } from '../users/profile-passes.service.js';
import { storeMarks } from '../users/profiles.queries.js';
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
    private readonly profiles: ProfilePasses,
  ) {}

  /**
   * Remembers the state; of a removed integration all users and groups go. Tells nothing of that: everyone hears the
   * removal. A newer list of groups to sync is applied, and profiles are published again after a change of marked attributes,
   * before the event counts as handled, so that a crash brings it again; what is done then is not done twice.
   */
  async handleEvent(event: IntegrationEvent): Promise<void> {
    const { integrationId } = event;
    const { removed, version, groupsToSync, groupsToSyncVersion } = event.data;
    // A publisher of the release before has no marked attributes.
    const { profileAttributes: names = [], profileAttributesVersion = 0 } = event.data as Partial<IntegrationState>;
    await once(this.database, event, async (tx) => {
      await rememberIntegration(tx, { integrationId, version, removed });
      if (removed) return deleteDirectory(tx, integrationId);
      // A teller of the release before does not say when the list was saved: any that does is newer.
      await keepSyncList(tx, integrationId, groupsToSync.map(foldCase), groupsToSyncVersion ?? 0);
      await storeMarks(tx, integrationId, { names, version: profileAttributesVersion });
    });
    await this.syncLists.catchUp(integrationId, causeOf(event));
    await this.profiles.catchUp(integrationId, causeOf(event));
  }
}
