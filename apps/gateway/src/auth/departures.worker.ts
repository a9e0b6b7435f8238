import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, Loop } from '@tidegate/database';
import { type Logger, newRequestId } from '@tidegate/observability';
import { LOGGER } from '../config.js';
import { Links } from '../login/links.service.js';
import { makersInUse } from './api-key-makers.queries.js';
import { identitiesInUse } from './sessions.queries.js';

const EVERY_MS = 30_000;

/**
 * The net under the events that `DeparturesController` hears: asks the directory about everybody whose session is in use, or
 * who made an API key that is, as a login does. An event that was lost or set aside thus delays the end of a session or a key,
 * and does not prevent it.
 */
@Injectable()
export class MissedDepartures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly links: Links,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const onFault = (err: unknown) => logger.warn({ err }, 'Whose sessions are in use cannot be looked up');
    this.loop = new Loop(() => this.lookOnce().then(() => EVERY_MS), onFault);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** Goes once through all of them. One who cannot be asked about does not keep the others from being asked. */
  async lookOnce(): Promise<void> {
    const identities = await this.database.unscoped(async (tx) => [
      ...(await identitiesInUse(tx)),
      ...(await makersInUse(tx)),
    ]);
    for (const identity of new Map(identities.map((each) => [JSON.stringify(each), each])).values()) {
      if (this.loop.isStopped) return;
      const requestId = newRequestId();
      try {
        await this.links.settle(identity, requestId);
      } catch (err) {
        this.logger.warn(
          { err, requestId },
          'The directory cannot be asked about somebody whose session or API key is in use',
        );
      }
    }
  }
}
