import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from '@tidegate/observability';
import { type FastifyRequest } from 'fastify';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config.js';
import { WrongKeys } from '../login/wrong-keys.js';
import { guessersOf, isUntrustedProxy } from './key-guesses.rule.js';

/** Wrong keys that one client may send in a minute to the form of the login, and different ones to /api/v1. */
const MOST = { form: 10, api: 30 } as const;
type Where = keyof typeof MOST;

/** For how long a key is known to be used from somewhere, and the most of such pairs. */
const KNOWN_MS = 3_600_000;
const MOST_KNOWN = 10_000;

type From = Pick<FastifyRequest, 'headers' | 'id' | 'ip' | 'network' | 'receivedAt'>;

/**
 * Bounds how many API keys a client can try. Only the way that it tried closes, to that client and for the rest of a
 * minute. A key that was good from there within the last hour is let through nevertheless: a program with a wrong key does
 * not stop its neighbours.
 */
@Injectable()
export class KeyGuesses {
  private readonly wrong: Readonly<Record<Where, WrongKeys>> = { form: new WrongKeys(), api: new WrongKeys() };
  /** Clients with the hashes of their keys; until when they are known. */
  private readonly known = new Map<string, number>();
  private toldOfProxy = false;

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'trustProxy'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns whether the client has sent too many wrong keys to be heard now */
  isClosed(where: Where, request: From): boolean {
    return this.guessersOf(where, request).some(
      ({ name, most }) => this.wrong[where].count(name, request.receivedAt) >= most,
    );
  }

  /**
   * Counts a wrong key. The log tells when that was one too many.
   * @param hash of the key, for /api/v1: a program with one wrong key repeats it, and guesses nothing. Without one each
   *   counts
   */
  addWrong(where: Where, request: From, hash?: Buffer): void {
    const { id: requestId, network, receivedAt } = request;
    if (!this.toldOfProxy && isUntrustedProxy(request, this.config.trustProxy)) {
      this.toldOfProxy = true;
      this.logger.warn({ requestId }, 'X-Forwarded-For came, but TRUST_PROXY is not set: clients cannot be told apart');
    }
    // Never an id that the client chooses.
    const mark = hash?.toString('base64', 0, 9) ?? randomUUID();
    for (const { name, most } of this.guessersOf(where, request))
      if (this.wrong[where].add(name, mark, receivedAt) === most)
        this.logger.warn({ requestId, where, network }, 'Too many wrong API keys came from one client');
  }

  /** Remembers that a key is used from there. */
  addGood(request: From, hash: Buffer): void {
    const name = this.pairOf(request, hash);
    this.known.delete(name);
    const [oldest] = this.known.size >= MOST_KNOWN ? this.known.keys() : [];
    if (oldest !== undefined) this.known.delete(oldest);
    this.known.set(name, request.receivedAt + KNOWN_MS);
  }

  isKnown(request: From, hash: Buffer): boolean {
    return (this.known.get(this.pairOf(request, hash)) ?? 0) > request.receivedAt;
  }

  private guessersOf(where: Where, request: From) {
    return guessersOf(request, this.config.trustProxy, MOST[where]);
  }

  private pairOf(request: From, hash: Buffer): string {
    return `${this.guessersOf('api', request)[0]?.name} ${hash.toString('base64')}`;
  }
}
