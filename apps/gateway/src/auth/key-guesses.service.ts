import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from '@tidegate/observability';
import { type FastifyRequest } from 'fastify';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { evictOldest } from '../limits/evict-oldest.js';
import { WrongKeys } from '../limits/wrong-keys.limiter.js';
import { isUntrustedProxy, rateLimitKeysOf } from '../limits/rate-limit-keys.rule.js';

/** Wrong keys per client and minute: in the login form, and different ones to /api/v1. */
const LIMITS = { form: 10, api: 30 } as const;
type Where = keyof typeof LIMITS;

/** How long a pair of client and valid key is remembered, and how many pairs. */
const REMEMBER_MS = 3_600_000;
const MAX_PAIRS = 10_000;

type From = Pick<FastifyRequest, 'headers' | 'id' | 'ip' | 'network' | 'receivedAt'>;

/**
 * Limits how many wrong API keys a client can try per minute, separately in the login form and at /api/v1. A key that was
 * valid from the same client within the last hour is exempt, and so are stored keys at /api/v1: a program with a wrong key
 * must not block others with the same address.
 */
@Injectable()
export class KeyGuesses {
  private readonly wrong: Readonly<Record<Where, WrongKeys>> = { form: new WrongKeys(), api: new WrongKeys() };
  /** Pair of client and key hash → milliseconds since 1970 when it expires. */
  private readonly validPairs = new Map<string, number>();
  private hasWarnedOfProxy = false;

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'trustProxy'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns whether the client has reached the limit of wrong keys */
  isLimited(where: Where, request: From): boolean {
    return this.keysOf(where, request).some(
      ({ key, limit }) => this.wrong[where].count(key, request.receivedAt) >= limit,
    );
  }

  /**
   * Counts a wrong key and logs when the limit is reached.
   * @param hash of the key: a repeated wrong key is no further guess and counts once. Without a hash every call counts
   */
  addWrong(where: Where, request: From, hash?: Buffer): void {
    const { id: requestId, network, receivedAt } = request;
    if (!this.hasWarnedOfProxy && isUntrustedProxy(request, this.config.trustProxy)) {
      this.hasWarnedOfProxy = true;
      this.logger.warn(
        { requestId },
        'TRUST_PROXY is not set, but a request has X-Forwarded-For. Set TRUST_PROXY if a proxy adds this header',
      );
    }
    // Not the request id, which the client can choose.
    const mark = hash?.toString('base64', 0, 9) ?? randomUUID();
    for (const { key, limit } of this.keysOf(where, request))
      if (this.wrong[where].add(key, mark, receivedAt) === limit)
        this.logger.warn({ requestId, where, network }, 'Too many wrong API keys from one client');
  }

  /** Remembers that the client used a valid key. */
  addValid(request: From, hash: Buffer): void {
    const name = this.pairOf(request, hash);
    this.validPairs.delete(name);
    evictOldest(this.validPairs, MAX_PAIRS);
    this.validPairs.set(name, request.receivedAt + REMEMBER_MS);
  }

  /** @returns whether the client used this key within the last hour */
  wasValid(request: From, hash: Buffer): boolean {
    return (this.validPairs.get(this.pairOf(request, hash)) ?? 0) > request.receivedAt;
  }

  private keysOf(where: Where, request: From) {
    return rateLimitKeysOf(request, this.config.trustProxy, LIMITS[where]);
  }

  private pairOf(request: From, hash: Buffer): string {
    return `${this.keysOf('api', request)[0]?.key} ${hash.toString('base64')}`;
  }
}
