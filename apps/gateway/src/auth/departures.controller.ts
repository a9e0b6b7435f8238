import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type Fact } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { markDeparted } from '../login/links.queries.js';
import { deleteSessionsOf } from './sessions.queries.js';

/** Hears who has left, and ends that person's sessions. */
@Controller()
export class DeparturesController {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A fact that comes late ends sessions, too, which costs a login at most; but it does not say anew that somebody is
   * gone who was seen since.
   */
  @EventPattern<string[]>(['user.deactivated', 'user.deleted'])
  async hear(@Payload() fact: Fact<'user.deactivated' | 'user.deleted'>): Promise<void> {
    const { integrationId, subject: userId, version, requestId, data } = fact;
    await once(this.database, fact, async (tx) => {
      const user = { integrationId, userId, version };
      let sessions = 0;
      for (const identity of await markDeparted(tx, user, data.externalId))
        sessions += await deleteSessionsOf(tx, identity);
      if (sessions === 0) return;
      this.logger.info({ requestId, integrationId, userId, sessions }, 'The sessions of a user who left are ended');
    });
  }
}
