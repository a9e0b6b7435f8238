import { Injectable } from '@nestjs/common';
import { type Cause } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type IntegrationEntity } from '../integrations/integration.entity.js';
import { refreshStatus, setDisabled } from '../integrations/lifecycle.js';
import { existing, requireIntegration } from '../integrations/require-integration.js';
import { firstIdAt } from './id-time.rule.js';
import {
  countMissedCalls,
  countRefusedWhileDisabled,
  dismissMissedCalls,
  type RefusedCount,
  saveMissedCalls,
} from './missed-calls.queries.js';
import { ProvisioningLog } from './provisioning-log.service.js';

/** Missed calls: SCIM calls that were refused while their integration was disabled, and not repeated since. */
@Injectable()
export class MissedCalls {
  constructor(
    private readonly database: Database,
    private readonly log: ProvisioningLog,
  ) {}

  /**
   * Enables an integration. Ended grants are not restored.
   * @returns the integration, and the calls that were refused since it was disabled; none if it was enabled already
   * @throws Refusal `missing`
   */
  async enableIntegration(
    id: string,
    cause: Cause,
  ): Promise<{ integration: IntegrationEntity; refused: RefusedCount[]; missedObjects: number }> {
    // Without the last entries the worker counts them later, so a failed write does not matter here.
    await this.log.flush().catch(() => undefined);
    return this.database.inIntegration(id, async (tx) => {
      // Before the lock, so that calls of the integration do not wait for the counts.
      const { status, statusSince } = await requireIntegration(tx, id);
      const missed = await countMissedCalls(tx, id);
      const refused = status === 'disabled' ? await countRefusedWhileDisabled(tx, id, firstIdAt(statusSince)) : [];
      await requireIntegration(tx, id, true);
      await saveMissedCalls(tx, id, missed);
      const integration = existing(await setDisabled(tx, id, false, cause));
      return { integration, refused, missedObjects: missed?.objects ?? 0 };
    });
  }

  /** Dismisses the missed calls until now, which ends the status `warning` for them. @throws Refusal `missing` */
  async dismiss(id: string, cause: Cause): Promise<void> {
    await this.database.inIntegration(id, async (tx) => {
      await requireIntegration(tx, id, true);
      await dismissMissedCalls(tx, id, firstIdAt(new Date()));
      await refreshStatus(tx, id, cause);
    });
  }
}
