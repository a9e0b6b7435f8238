import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { KeyedSemaphore } from '../keyed-semaphore.js';
import { BriefCache } from './brief-cache.js';

/** A revoked secret is refused after this at the latest, and a new one accepted. */
const CACHE_MS = 1_000;
const CACHE_ENTRIES = 10_000;
/** Transactions for strangers under way at once. */
const AT_ONCE = 8;
/** How long a stranger waits for its turn; then nobody knows whether it is one, so it may come again. */
const LINE_MS = 5_000;

/**
 * Asks the database whether secrets are good, without letting strangers use the database up.
 *
 * - A secret that was good when it was last looked up is looked up outside the line, once a second at most: however many
 *   strangers come, it is not delayed. Only good secrets get there, so strangers cannot push them out.
 * - All others stand in one line: eight lookups at once, less when that is more than half of the pool. One that failed
 *   is refused without a lookup for a second. Whose turn does not come in time is not told 401 but to try again.
 *
 * Nothing is counted by address: the customers of one Okta cell share theirs.
 */
@Injectable()
export class SecretLookups {
  /** Keys of the secrets that were good at their last lookup. */
  private readonly good = new Set<string>();
  private readonly acquaintances = new BriefCache<unknown>(CACHE_MS, CACHE_ENTRIES);
  private readonly strangers = new BriefCache<unknown>(CACHE_MS, CACHE_ENTRIES);
  private readonly semaphore: KeyedSemaphore;

  constructor(@Inject(GATEWAY_CONFIG) { poolSize }: Pick<GatewayConfig, 'poolSize'>) {
    this.semaphore = new KeyedSemaphore(Math.min(AT_ONCE, Math.floor(poolSize / 2)));
  }

  /**
   * @param key stands for the secret and where it is to be good; not the secret itself
   * @param lookUp finds what the secret stands for; undefined when that is nothing
   * @param isGood whether what was found lets its bearer in; of what does not, only the reason is of use
   * @throws Refusal deadline when the line is too long; whatever `lookUp` throws
   */
  async find<T extends object>(
    key: string,
    lookUp: () => Promise<T | undefined>,
    isGood: (found: T) => boolean = () => true,
  ): Promise<T | undefined> {
    const found = (await (this.good.has(key)
      ? this.acquaintances.get(key, lookUp)
      : this.strangers.get(key, () => this.semaphore.run('strangers', Date.now() + LINE_MS, lookUp)))) as T | undefined;
    if (found && isGood(found)) this.remember(key);
    else this.good.delete(key);
    return found;
  }

  private remember(key: string): void {
    if (this.good.has(key)) return;
    const [oldest] = this.good.size >= CACHE_ENTRIES ? this.good : [];
    if (oldest !== undefined) this.good.delete(oldest);
    this.good.add(key);
  }
}
