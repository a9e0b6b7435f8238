import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { isId, Refusal } from '@tidegate/contracts';
import { Database, Loop } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { limitReached, type Quota } from '../auth/quota.rule.js';
import { covers, type Reach } from '../auth/roles.js';
import { LOGGER } from '../config.js';
import { changesSince, type IntegrationChange, recentChanges } from './changes.queries.js';
import { type Integration, listIntegrations } from './integrations.queries.js';

const LOOK_MS = 1_000;
/** A change may be committed this much later than it got its id. */
const LATE_SECONDS = 30;
/** Of one gateway. A watcher of all integrations takes a place in each that it may read. */
const PLACES: Quota = { total: 200, allIntegrations: 200, perIntegration: 100, perCreator: 60, reserved: 40 };
const MOST_OF_ONE_CALLER = 20;

/** What a watcher is told: the change, and the integration as it is now; undefined when it is gone. */
export interface Seen {
  change: IntegrationChange;
  integration: Integration | undefined;
}

/** Who watches, for the limits. */
export interface WatcherPlaces {
  caller: string;
  /** By whose rights; undefined for those of the root key. */
  maker: string | undefined;
  /** What it may read of when it begins. */
  reach: Reach;
  /** Whether it administers everything. */
  isRoot: boolean;
}

export interface Watcher {
  places: WatcherPlaces;
  /** Where the watcher may look, as of now; rejects when its credential or its rights have ended. */
  reach(): Promise<Reach>;
  /** One integration, or all within reach. */
  integrationId: string | undefined;
  tell(seen: Seen): void;
  end(): void;
}

/**
 * Tells watchers what changed. Every gateway looks at the table of changes for itself, so it does not matter which one
 * made a change. It looks only while somebody watches.
 */
@Injectable()
export class IntegrationWatch implements OnModuleDestroy {
  private readonly watchers = new Set<Watcher>();
  /** Ids of the recent changes that were told. */
  private told = new Set<string>();
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'What changed of integrations cannot be looked up');
    this.loop = new Loop(() => this.look().then(() => LOOK_MS), onFault);
  }

  /** Ends every watch, so that the server can close. */
  async onModuleDestroy(): Promise<void> {
    for (const watcher of this.watchers) watcher.end();
    await this.loop.stop();
  }

  /**
   * Tells the watcher from now on what happens.
   * @throws Refusal `tooManyRequests` when too many watch
   */
  enter(watcher: Watcher): void {
    if (this.loop.isStopped || this.isFull(watcher))
      throw new Refusal('tooManyRequests', 'Too many are watching already. Close a stream, or ask again later.');
    this.watchers.add(watcher);
    this.loop.start();
    this.loop.wake();
  }

  private isFull({ places: { caller, maker, reach, isRoot } }: Watcher): boolean {
    const others = [...this.watchers].map(({ places }) => places);
    if (others.filter((other) => other.caller === caller).length >= MOST_OF_ONE_CALLER) return true;
    const taken = {
      total: others.length,
      perIntegration: fullest(others, reach),
      perCreator: maker === undefined ? 0 : others.filter((other) => other.maker === maker).length,
    };
    return limitReached(PLACES, taken, isRoot) !== undefined;
  }

  /** Tells the watcher what it missed since the change it saw last. */
  async catchUp(watcher: Watcher, lastId: string | undefined): Promise<void> {
    if (!isId(lastId)) return;
    const missed = await this.database.unscoped((tx) => changesSince(tx, lastId, watcher.integrationId));
    await this.sendAll(missed, [watcher]);
  }

  leave(watcher: Watcher): void {
    this.watchers.delete(watcher);
  }

  private async look(): Promise<void> {
    if (this.watchers.size === 0) return;
    const recent = await this.database.unscoped((tx) => recentChanges(tx, LATE_SECONDS));
    const fresh = recent.filter(({ id }) => !this.told.has(id));
    this.told = new Set(recent.map(({ id }) => id));
    await this.sendAll(fresh, [...this.watchers]);
  }

  private async sendAll(changes: readonly IntegrationChange[], watchers: readonly Watcher[]): Promise<void> {
    if (changes.length === 0) return;
    const ids = [...new Set(changes.map(({ integrationId }) => integrationId))];
    const found = await this.database.transaction({ integrationIds: ids }, (tx) =>
      listIntegrations(tx, ids, undefined, ids.length),
    );
    const byId = new Map(found.map((integration) => [integration.id, integration]));
    const seen = changes.map((change) => ({ change, integration: byId.get(change.integrationId) }));
    await Promise.all(watchers.map((watcher) => tell(watcher, seen)));
  }
}

/** @returns how many watch the integration within reach that most watch; none count against one who may read all */
function fullest(watching: readonly WatcherPlaces[], reach: Reach): number {
  if (reach === 'all') return 0;
  const counts = new Map(reach.map((id) => [id, 0]));
  for (const id of watching.flatMap((places) => (places.reach === 'all' ? [] : places.reach))) {
    const count = counts.get(id);
    if (count !== undefined) counts.set(id, count + 1);
  }
  return Math.max(0, ...counts.values());
}

/** A watcher that may not look any more, or cannot be asked about, is not told but sent away: it may come again. */
async function tell(watcher: Watcher, seen: readonly Seen[]): Promise<void> {
  const { integrationId: one } = watcher;
  const about = seen.filter(({ change }) => one === undefined || one === change.integrationId);
  if (about.length === 0) return;
  const reach = await watcher.reach().catch(() => undefined);
  if (reach === undefined) return watcher.end();
  for (const each of about) if (covers(reach, each.change.integrationId)) watcher.tell(each);
}
