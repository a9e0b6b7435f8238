import { Injectable } from '@nestjs/common';
import { causeOf, type Event, type IntegrationState } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { foldCase } from '@tidegate/scim';
import { storeSyncList } from '../groups/sync-list.queries.js';
import { SyncLists } from '../sync/sync-list.service.js';
import { ProfilePasses } from '../users/profile-passes.service.js';
import { storeMarks } from '../users/profiles.queries.js';
import { deleteDirectory, rememberIntegration } from '../common/integrations.queries.js';

export type IntegrationEvent = Event<
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed'
>;

/** Handles events about integrations: stores their state and settings, and deletes the directory of removed ones. */
@Injectable()
export class IntegrationsService {
  constructor(
    private readonly database: Database,
    private readonly syncLists: SyncLists,
    private readonly profiles: ProfilePasses,
  ) {}

  /**
   * Stores the state of an integration. When it is removed, deletes all its users and groups, without events: every
   * subscriber receives the removal itself. Applies a newer list of groups to sync, and publishes profiles again after
   * a change of marked attributes. Both finish before the event is acknowledged. After a crash the event is delivered
   * again, and finished steps are not repeated.
   */
  async handleEvent(event: IntegrationEvent): Promise<void> {
    const { integrationId } = event;
    const { removed, version, groupsToSync, groupsToSyncVersion } = event.data;
    // The previous release publishes events without marked attributes.
    const { profileAttributes: names = [], profileAttributesVersion = 0 } = event.data as Partial<IntegrationState>;
    await once(this.database, event, async (tx) => {
      await rememberIntegration(tx, { integrationId, version, removed });
      if (removed) return deleteDirectory(tx, integrationId);
      // The previous release publishes no version of the list. Every version is newer than 0.
      await storeSyncList(tx, integrationId, groupsToSync.map(foldCase), groupsToSyncVersion ?? 0);
      await storeMarks(tx, integrationId, { names, version: profileAttributesVersion });
    });
    await this.syncLists.catchUp(integrationId, causeOf(event));
    await this.profiles.catchUp(integrationId, causeOf(event));
  }
}
