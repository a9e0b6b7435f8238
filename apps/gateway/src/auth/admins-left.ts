import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { isRootKeyLeft } from './api-key-makers.queries.js';
import { hasAdminOfAll } from './role-assignments.queries.js';

/** Sees to it that nobody saws off the branch that all sit on. */
@Injectable()
export class AdminsLeft {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'apiKey'>,
  ) {}

  /**
   * Runs what takes rights away, unless afterwards nobody could administer everything: no key that may do everything, and
   * no role of an administrator of all integrations that counts. One such change at a time, so that two cannot each
   * believe that the other's administrator stays.
   * @param integrationIds those that `work` sees; when left out, it is bound to none
   * @throws Refusal `conflict` then, with nothing changed; whatever `work` throws
   */
  keep<T>(work: (tx: Tx) => Promise<T>, integrationIds?: readonly string[]): Promise<T> {
    const guarded = async (tx: Tx) => {
      await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate administrators'))`);
      const result = await work(tx);
      if (this.config.apiKey === undefined && !(await isRootKeyLeft(tx)) && !(await hasAdminOfAll(tx)))
        throw new Refusal('conflict', 'Nobody could administer afterwards: give somebody else the right first.');
      return result;
    };
    return integrationIds ? this.database.transaction({ integrationIds }, guarded) : this.database.unscoped(guarded);
  }
}
