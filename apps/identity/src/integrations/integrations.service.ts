import { Injectable } from '@nestjs/common';
import { type Fact } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { deleteDirectory, rememberIntegration } from './integrations.queries.js';

export type IntegrationFact = Fact<
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed'
>;

/** Keeps which integrations are removed: their directory is gone, and late commands for them find nothing. */
@Injectable()
export class IntegrationsService {
  constructor(private readonly database: Database) {}

  /** Remembers the state; of a removed integration all users and groups go. Tells nothing: everyone hears the removal. */
  hear(fact: IntegrationFact): Promise<void> {
    const { removed, version } = fact.data;
    return once(this.database, fact, async (tx) => {
      await rememberIntegration(tx, { integrationId: fact.integrationId, version, removed });
      if (removed) await deleteDirectory(tx, fact.integrationId);
    });
  }
}
