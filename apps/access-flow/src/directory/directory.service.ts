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
import {
  applyGroupState,
  applyIntegrationState,
  applyMembers,
  applyUserState,
  type Ended,
} from '../offboarding/offboarding.js';
import { UndecidableAlarm } from '../requests/undecidable.alarm.js';
import { METRICS } from '../tokens.js';

/** What is heard of users, groups and integrations: kept, and acted upon, in one transaction per fact. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
    private readonly alarm: UndecidableAlarm,
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
    return this.hear(fact, (tx) => applyMembers(tx, fact.integrationId, fact.data, causeOf(fact)));
  }

  hearIntegration(fact: Fact & { data: IntegrationState }): Promise<void> {
    return this.hear(fact, (tx) => applyIntegrationState(tx, fact.data, causeOf(fact)));
  }

  private async hear(fact: Fact, apply: (tx: Tx) => Promise<Ended>): Promise<void> {
    const applied: { ended?: Ended } = {};
    await once(this.database, fact, async (tx) => {
      applied.ended = await apply(tx);
    });
    const { ended } = applied;
    if (!ended) return;
    this.alarm.raise(fact.integrationId, ended.undecidable);
    if (ended.grants === 0) return;
    this.bell.ring();
    this.metrics.revocationDecided.observe(Math.max(0, Date.now() - Date.parse(fact.time)) / 1000);
  }
}
