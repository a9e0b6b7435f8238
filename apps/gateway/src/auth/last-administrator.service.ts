import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config/config.js';
import { isRootKeyLeft } from './api-key-makers.queries.js';
import { hasAdminOfAll } from './role-assignments.queries.js';

/** Prevents removing the last administrator. */
@Injectable()
export class LastAdministrator {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'apiKey'>,
  ) {}

  /**
   * Runs a change that removes rights, and rolls it back if it leaves neither a root key nor an effective administrator of
   * all integrations. Such changes run one at a time: concurrent ones could each count the other's administrator.
   * @param integrationIds integrations that `work` can access; without them, it is unscoped
   * @throws Refusal `conflict` when it was rolled back; the errors of `work`
   */
  run<T>(work: (tx: Tx) => Promise<T>, integrationIds?: readonly string[]): Promise<T> {
    const guarded = async (tx: Tx) => {
      await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate administrators'))`);
      const result = await work(tx);
      if (this.config.apiKey === undefined && !(await isRootKeyLeft(tx)) && !(await hasAdminOfAll(tx)))
        throw new Refusal(
          'conflict',
          'This would remove the last administrator. Make someone else an administrator first.',
        );
      return result;
    };
    return integrationIds ? this.database.transaction({ integrationIds }, guarded) : this.database.unscoped(guarded);
  }
}
