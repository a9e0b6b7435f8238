import { Inject, Injectable } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { evictOldest } from './evict-oldest.js';
import { KeyedSemaphore } from './keyed-semaphore.limiter.js';
import { TtlCache } from './ttl.cache.js';

/** The maximum delay before a revoked secret is refused and a new one accepted. */
const CACHE_MS = 1_000;
const CACHE_ENTRIES = 10_000;
/** Maximum number of concurrent lookups of unverified secrets. */
const MAX_CONCURRENT = 8;
/** How long an unverified secret waits in the queue. */
const QUEUE_MS = 5_000;

/**
 * Bounds credential lookups so that unauthenticated traffic can't exhaust the pool.
 *
 * - Secrets that were valid at their last lookup bypass the queue and are looked up at most once a second. Only valid
 *   secrets are in their cache, so other traffic can't evict them.
 * - All others share one queue: at most eight lookups at a time, or half of the pool. A failed secret is refused without
 *   a lookup for a second. The response to a timeout in the queue is "try again", not 401.
 *
 * Client addresses are not limited: the customers of one Okta cell share them.
 */
@Injectable()
export class SecretLookups {
  /** Keys of the secrets that were valid at their last lookup. */
  private readonly valid = new Set<string>();
  private readonly validLookups = new TtlCache<unknown>(CACHE_MS, CACHE_ENTRIES);
  private readonly otherLookups = new TtlCache<unknown>(CACHE_MS, CACHE_ENTRIES);
  private readonly semaphore: KeyedSemaphore;

  constructor(@Inject(GATEWAY_CONFIG) { poolSize }: Pick<GatewayConfig, 'poolSize'>) {
    this.semaphore = new KeyedSemaphore(Math.min(MAX_CONCURRENT, Math.floor(poolSize / 2)));
  }

  /**
   * @param key identifies the secret and its scope, without containing the secret
   * @param lookUp loads the credential; undefined when there is none
   * @param isValid whether a loaded credential grants access; others are only used for their reason
   * @throws Refusal `deadline` after a timeout in the queue; the errors of `lookUp`
   */
  async find<T extends object>(
    key: string,
    lookUp: () => Promise<T | undefined>,
    isValid: (credential: T) => boolean = () => true,
  ): Promise<T | undefined> {
    const credential = (await (this.valid.has(key)
      ? this.validLookups.get(key, lookUp)
      : this.otherLookups.get(key, () => this.semaphore.run('unverified', Date.now() + QUEUE_MS, lookUp)))) as
      T | undefined;
    if (credential && isValid(credential)) this.remember(key);
    else this.valid.delete(key);
    return credential;
  }

  private remember(key: string): void {
    if (this.valid.has(key)) return;
    evictOldest(this.valid, CACHE_ENTRIES);
    this.valid.add(key);
  }
}
