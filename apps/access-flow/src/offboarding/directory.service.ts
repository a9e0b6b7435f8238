import {
  causeOf,
  type EventOfIntegration,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
  type UserProfile,
  type UserState,
} from '@tidegate/contracts';
import { Database, once, type Tx } from '@tidegate/database';
import { type Metrics, SECONDS_BUCKETS } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { type Ended } from '../requests/recheck.js';
import {
  applyGroupState,
  applyIntegrationState,
  applyMembers,
  applyUserProfile,
  applyUserState,
} from './offboarding.js';
import { METRICS } from '../common/tokens.js';

/** Stores the states of users, groups and integrations and applies their consequences, in one transaction per event. */
@Injectable()
export class DirectoryService {
  private readonly revocationDecided: Histogram;

  constructor(
    private readonly database: Database,
    @Inject(METRICS) metrics: Metrics,
  ) {
    this.revocationDecided = new Histogram({
      name: 'tidegate_revocation_decided_seconds',
      help: 'Time from the deactivation of a user until their grants are being revoked',
      buckets: SECONDS_BUCKETS,
      registers: [metrics.registry],
    });
  }

  handleUser(event: EventOfIntegration & { data: UserState }): Promise<void> {
    return this.handleEvent(event, (tx) => applyUserState(tx, event.integrationId, event.data, causeOf(event)));
  }

  /** A profile includes the state of its user. */
  handleProfile(event: EventOfIntegration & { data: UserProfile }): Promise<void> {
    return this.handleEvent(event, (tx) => applyUserProfile(tx, event.integrationId, event.data, causeOf(event)));
  }

  handleGroup(event: EventOfIntegration & { data: GroupState }): Promise<void> {
    return this.handleEvent(event, (tx) => applyGroupState(tx, event.integrationId, event.data, causeOf(event)));
  }

  /** A chunk of members includes the state of its group. */
  handleMembers(event: EventOfIntegration & { data: GroupMembersChanged }): Promise<void> {
    return this.handleEvent(event, (tx) => applyMembers(tx, event.integrationId, event.data, causeOf(event)));
  }

  handleIntegration(event: EventOfIntegration & { data: IntegrationState }): Promise<void> {
    return this.handleEvent(event, (tx) => applyIntegrationState(tx, event.data, causeOf(event)));
  }

  private async handleEvent(event: EventOfIntegration, apply: (tx: Tx) => Promise<Ended>): Promise<void> {
    const applied: { ended?: Ended } = {};
    await once(this.database, event, async (tx) => {
      applied.ended = await apply(tx);
    });
    const { ended } = applied;
    if (!ended || ended.grants === 0) return;
    this.revocationDecided.observe(Math.max(0, Date.now() - Date.parse(event.time)) / 1000);
  }
}
