import { Controller, Inject } from '@nestjs/common';
import { OnEvent } from '@tidegate/messaging';
import { type Event } from '@tidegate/contracts';
import { Database, once } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { LOGGER } from '../config/config.js';
import { markDeactivated } from './links.queries.js';
import { endRoles } from './role-assignments.queries.js';
import { SessionEntity } from './session.entity.js';
import { findIdentityRights } from './identity-rights.queries.js';

/** Handles deactivations of users: ends their roles and sessions. */
@Controller()
export class DeactivationsController {
  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A late event also ends sessions, which costs at most a login, but does not mark a user inactive who was seen active
   * at a later version.
   */
  @OnEvent('user.deactivated', 'user.deleted')
  async handleEvent(event: Event<'user.deactivated' | 'user.deleted'>): Promise<void> {
    const { integrationId, subject: userId, version, requestId, data } = event;
    await once(this.database, event, async (tx) => {
      const user = { integrationId, userId, version };
      const identities = await markDeactivated(tx, user, data.externalId);
      const assignmentIds = await endRoles(tx, user, data.externalId);
      let sessions = 0;
      // Persons with another role or user keep their sessions: an integration must not end access from another one.
      for (const identity of identities)
        if (!(await findIdentityRights(tx, identity))) sessions += await tx.delete(SessionEntity, identity);
      if (sessions === 0 && assignmentIds.length === 0) return;
      const ended = { requestId, integrationId, userId, sessions, assignmentIds };
      this.logger.info(ended, 'Ended the roles and sessions of a deactivated user');
    });
  }
}
