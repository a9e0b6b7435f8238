import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type Event } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { markDeparted } from '../login/links.queries.js';
import { endRoles } from './role-assignments.queries.js';
import { deleteSessionsOf } from './sessions.queries.js';
import { standingNow } from './standing.queries.js';

/** Hears who has left, and ends that person's roles and sessions. */
@Controller()
export class DeparturesController {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * An event that comes late ends sessions, too, which costs a login at most; but it does not say anew that somebody is
   * gone who was seen since.
   */
  @EventPattern<string[]>(['user.deactivated', 'user.deleted'])
  async handleEvent(@Payload() event: Event<'user.deactivated' | 'user.deleted'>): Promise<void> {
    const { integrationId, subject: userId, version, requestId, data } = event;
    await once(this.database, event, async (tx) => {
      const user = { integrationId, userId, version };
      const identities = await markDeparted(tx, user, data.externalId);
      const assignmentIds = await endRoles(tx, user, data.externalId);
      let sessions = 0;
      // Who still has a role, or is a user elsewhere, goes on as that: no integration ends what another one gave.
      for (const identity of identities)
        if (!(await standingNow(tx, identity))) sessions += await deleteSessionsOf(tx, identity);
      if (sessions === 0 && assignmentIds.length === 0) return;
      const ended = { requestId, integrationId, userId, sessions, assignmentIds };
      this.logger.info(ended, 'The roles and sessions of a user who left are ended');
    });
  }
}
