import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from '@tidegate/observability';
import { BulkLedger, bulkSteps, type BulkWork, planBulk } from '@tidegate/scim';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { refusalOf } from '../http/errors.js';
import { parseInSteps } from '../http/read-in-turn.js';
import { type ScimResponse } from './response.js';
import { BulkRun } from './bulk-run.service.js';
import { BulkNotes } from './bulk-notes.service.js';
import { ifMatchOf } from './etag.rule.js';
import { GroupResources } from './group-resources.service.js';
import { type ScimCall } from './scim-call.js';
import { UserResources } from './user-resources.service.js';

/** Bulk responses do not contain the resources. */
const ID_ONLY = { attributes: 'id' };

/**
 * Runs bulk requests (RFC 7644 §3.7). Operations run one after the other, each as a separate command, and share the
 * timeout of one write.
 */
@Injectable()
export class Bulk {
  constructor(
    private readonly users: UserResources,
    private readonly groups: GroupResources,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws ScimError as `parseBulk`; later errors are reported as results of operations */
  async run(call: ScimCall, body: unknown): Promise<ScimResponse> {
    const read = bulkSteps(body, call.types, call.baseUrl);
    const { failOnErrors, operations } = await parseInSteps(call.integrationId, call.bodyLength, read);
    const ledger = new BulkLedger(operations, call.types, call.baseUrl);
    const deadlineAt = call.receivedAt + this.config.scimWriteSeconds * 1000;
    const within = { deadlineAt, bodyLength: call.bodyLength };
    const notes = new BulkNotes();
    const run = new BulkRun(operations, ledger, call.types, deadlineAt, async (work) => {
      const bodyLength = Buffer.byteLength(JSON.stringify(work.body ?? ''));
      try {
        const response = await this.perform({ ...call, projection: ID_ONLY, bodyLength, within }, work);
        notes.setTarget(response.target);
        return response;
      } catch (error) {
        if (!refusalOf(error)) this.logger.error({ err: error, requestId: call.requestId }, 'Unhandled error');
        throw error;
      }
    });
    for (const step of planBulk(operations)) {
      if (ledger.errors >= failOnErrors) break;
      await setImmediate(); // otherwise a thousand immediate refusals would block the event loop
      await notes.measure(step.index, () => run.runStep(step));
    }
    return { status: 200, body: ledger.response(), operations: notes.results(operations, ledger) };
  }

  private perform(call: ScimCall, { method, address, body, version }: BulkWork): Promise<ScimResponse> {
    const resources = address.type === 'User' ? this.users : this.groups;
    const { id = '' } = address;
    const ifMatch = ifMatchOf(version);
    switch (method) {
      case 'POST':
        return resources.create(call, body);
      case 'PUT':
        return resources.replace(call, id, body, ifMatch);
      case 'PATCH':
        return resources.patch(call, id, body, ifMatch);
      case 'DELETE':
        return resources.remove(call, id, ifMatch);
    }
  }
}
