import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { isRootKeyLeft } from './api-key-makers.queries.js';

/** Sees to it that nobody saws off the branch that all sit on. */
@Injectable()
export class AdminsLeft {
  constructor(
    private readonly database: Database,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'apiKey'>,
  ) {}

  /**
   * Runs what takes rights away, unless afterwards nobody could administer everything: no key that may do everything, and
   * no administrator of all integrations whose provider is there. One such change at a time, so that two cannot each
   * believe that the other's administrator stays.
   * @throws Refusal `conflict` then, with nothing changed; whatever `work` throws
   */
  async keep(work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.database.unscoped(async (tx) => {
      await tx.run(`SELECT pg_advisory_xact_lock(hashtext('tidegate administrators'))`);
      await work(tx);
      if (this.config.apiKey === undefined && !(await isRootKeyLeft(tx)) && !(await isSomeoneLeft(tx)))
        throw new Refusal('conflict', 'Nobody could administer afterwards: give somebody else the right first.');
    });
  }
}

async function isSomeoneLeft(tx: Tx): Promise<boolean> {
  const row = await tx.row<{ left: boolean }>(
    `SELECT EXISTS (SELECT FROM gateway.role_assignments a JOIN gateway.login_providers p ON p.issuer = a.issuer
                    WHERE a.role = 'admin' AND a.integration_ids IS NULL) AS "left"`,
  );
  return row?.left ?? false;
}
