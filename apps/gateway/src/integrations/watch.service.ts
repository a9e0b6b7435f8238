import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { isId, Refusal } from '@tidegate/contracts';
import { Database, PeriodicWorker } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { limitReached, type Quota } from '../limits/quota.rule.js';
import { covers, type Reach } from '../callers/roles.js';
import { LOGGER } from '../config/config.js';
import { changesSince, recentChanges } from './changes.queries.js';
import { type IntegrationChangeEntity } from './integration-change.entity.js';
import { type IntegrationEntity } from './integration.entity.js';
import { listIntegrations } from './integrations.queries.js';

const POLL_MS = 1_000;
/** Maximum delay between assigning the id of a change and committing it. */
const MAX_COMMIT_DELAY_SECONDS = 30;
/** Limits of streams per gateway. A stream of all integrations counts toward each that its caller can read. */
const STREAM_LIMITS: Quota = { total: 200, allIntegrations: 200, perIntegration: 100, perCreator: 60, reserved: 40 };
const MAX_PER_CALLER = 20;

/** A change, and the current integration; undefined if it was deleted. */
export interface ChangeNotice {
  change: IntegrationChangeEntity;
  integration: IntegrationEntity | undefined;
}

/** How a stream counts toward the limits. */
export interface StreamUsage {
  caller: string;
  /** The creator of the key, or the person; undefined for root keys. */
  maker: string | undefined;
  /** What the caller could read when the stream was opened. */
  reach: Reach;
  /** Whether the caller has all scopes for all integrations. */
  isRoot: boolean;
}

export interface Watcher {
  usage: StreamUsage;
  /** @returns what the caller can read now; rejects after its credential or scope has ended */
  reach(): Promise<Reach>;
  /** Limits the stream to one integration. */
  integrationId: string | undefined;
  send(notice: ChangeNotice): void;
  end(): void;
}

/**
 * Sends changes of integrations to event streams. Each gateway polls the table of changes while it has open streams, so
 * changes made by other gateways are included.
 */
@Injectable()
export class IntegrationWatch implements OnModuleDestroy {
  private readonly watchers = new Set<Watcher>();
  /** Ids of the recent changes that were sent. */
  private sentIds = new Set<string>();
  readonly worker: PeriodicWorker;
  private isClosed = false;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.worker = new PeriodicWorker({ name: 'integration-watch', everyMs: POLL_MS, run: () => this.poll(), logger });
  }

  /** Ends all streams, so that the server can close. */
  onModuleDestroy(): void {
    this.isClosed = true;
    for (const watcher of this.watchers) watcher.end();
  }

  /**
   * Starts sending changes to a watcher.
   * @throws Refusal `tooManyRequests` when a limit is reached
   */
  add(watcher: Watcher): void {
    if (this.isClosed || this.isFull(watcher))
      throw new Refusal('tooManyRequests', 'Too many open event streams. Close one, or retry later.');
    this.watchers.add(watcher);
    this.worker.wake();
  }

  private isFull({ usage: { caller, maker, reach, isRoot } }: Watcher): boolean {
    const others = [...this.watchers].map(({ usage }) => usage);
    if (others.filter((other) => other.caller === caller).length >= MAX_PER_CALLER) return true;
    const current = {
      total: others.length,
      perIntegration: highestCount(others, reach),
      perCreator: maker === undefined ? 0 : others.filter((other) => other.maker === maker).length,
    };
    return limitReached(STREAM_LIMITS, current, isRoot) !== undefined;
  }

  /** Sends the changes since `lastId`; none if it is absent or malformed. */
  async catchUp(watcher: Watcher, lastId: string | undefined): Promise<void> {
    if (!isId(lastId)) return;
    const missed = await this.database.unscoped((tx) => changesSince(tx, lastId, watcher.integrationId));
    await this.sendAll(missed, [watcher]);
  }

  remove(watcher: Watcher): void {
    this.watchers.delete(watcher);
  }

  private async poll(): Promise<void> {
    if (this.watchers.size === 0) return;
    const recent = await this.database.unscoped((tx) => recentChanges(tx, MAX_COMMIT_DELAY_SECONDS));
    const fresh = recent.filter(({ id }) => !this.sentIds.has(id));
    this.sentIds = new Set(recent.map(({ id }) => id));
    await this.sendAll(fresh, [...this.watchers]);
  }

  private async sendAll(changes: readonly IntegrationChangeEntity[], watchers: readonly Watcher[]): Promise<void> {
    if (changes.length === 0) return;
    const ids = [...new Set(changes.map(({ integrationId }) => integrationId))];
    const integrations = await this.database.transaction({ integrationIds: ids }, (tx) =>
      listIntegrations(tx, ids, undefined, ids.length),
    );
    const byId = new Map(integrations.map((integration) => [integration.id, integration]));
    const notices = changes.map((change) => ({ change, integration: byId.get(change.integrationId) }));
    await Promise.all(watchers.map((watcher) => sendTo(watcher, notices)));
  }
}

/** @returns the highest number of streams of any integration within reach; 0 for callers that can read all */
function highestCount(usages: readonly StreamUsage[], reach: Reach): number {
  if (reach === 'all') return 0;
  const counts = new Map(reach.map((id) => [id, 0]));
  for (const id of usages.flatMap((usage) => (usage.reach === 'all' ? [] : usage.reach))) {
    const count = counts.get(id);
    if (count !== undefined) counts.set(id, count + 1);
  }
  return Math.max(0, ...counts.values());
}

/** Sends the changes that the caller can read. Ends the stream if its access cannot be confirmed; the client can reconnect. */
async function sendTo(watcher: Watcher, notices: readonly ChangeNotice[]): Promise<void> {
  const { integrationId: only } = watcher;
  const relevant = notices.filter(({ change }) => only === undefined || only === change.integrationId);
  if (relevant.length === 0) return;
  const reach = await watcher.reach().catch(() => undefined);
  if (reach === undefined) return watcher.end();
  for (const each of relevant) if (covers(reach, each.change.integrationId)) watcher.send(each);
}
