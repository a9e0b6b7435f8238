import {
  causeOf,
  type Fact,
  type GroupMembersChanged,
  type GroupState,
  type IntegrationState,
  type UserState,
} from '@tidegate/contracts';
import { Database, once, type Tx } from '@tidegate/database';
import { type Metrics } from '@tidegate/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Bell } from '../commands/bell.js';
import { applyGroupState, applyIntegrationState, applyUserState, type Ended } from '../offboarding/offboarding.js';
import { METRICS } from '../tokens.js';
import { keepMembers } from './groups.queries.js';

/** What is heard of users, groups and integrations: kept, and acted upon, in one transaction per fact. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  hearUser(fact: Fact & { data: UserState }): Promise<void> {
    return this.hear(fact, (tx) => applyUserState(tx, fact.integrationId, fact.data, causeOf(fact)));
  }

  hearGroup(fact: Fact & { data: GroupState }): Promise<void> {
    return this.hear(fact, (tx) => applyGroupState(tx, fact.integrationId, fact.data, causeOf(fact)));
  }

  /** A chunk carries the state of its group, too. */
  hearMembers(fact: Fact & { data: GroupMembersChanged }): Promise<void> {
    return this.hear(fact, async (tx) => {
      const ended = await applyGroupState(tx, fact.integrationId, fact.data, causeOf(fact));
      await keepMembers(tx, fact.integrationId, fact.data);
      return ended;
    });
  }

  hearIntegration(fact: Fact & { data: IntegrationState }): Promise<void> {
    return this.hear(fact, (tx) => applyIntegrationState(tx, fact.data, causeOf(fact)));
  }

  private async hear(fact: Fact, apply: (tx: Tx) => Promise<Ended>): Promise<void> {
    let grants = 0;
    await once(this.database, fact, async (tx) => {
      ({ grants } = await apply(tx));
    });
    if (grants === 0) return;
    this.bell.ring();
    this.metrics.revocationDecided.observe(Math.max(0, Date.now() - Date.parse(fact.time)) / 1000);
  }
}
