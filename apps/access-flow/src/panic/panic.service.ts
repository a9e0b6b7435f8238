import { causeOf, type Command, type PanicResult, Refusal } from '@tidegate/contracts';
import { Injectable } from '@nestjs/common';
import { requireFound } from '../common/require-found.js';
import { Writes } from '../common/writes.service.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { countLive } from '../grants/grant-lists.queries.js';
import { revokeGrants } from '../grants/revoke-grants.js';
import { cancelRequests } from '../requests/cancel-requests.js';
import { lockPending } from '../requests/cancel.queries.js';

/** Ends all access of an integration at once. */
@Injectable()
export class PanicService {
  constructor(private readonly writes: Writes) {}

  /**
   * Ends all grants and cancels all pending requests of the integration, all or none. It locks the integration and the pending
   * requests first, and transactions that create a request or approve one lock these too. So a concurrent grant is either
   * committed and ended here, or its transaction starts after this one.
   * @throws Refusal `missing` for an unknown integration; `conflict` with the number of live grants, if `liveGrants` differs
   */
  panic(command: Command<'grants.panic'>): Promise<PanicResult> {
    const [integrationId = '', ...others] = command.integrationIds;
    if (others.length > 0) throw new Error('grants.panic is for one integration (this is a bug)');
    const { liveGrants, reason: comment } = command.data;
    return this.writes.run(
      command,
      integrationId,
      async (tx) => {
        requireFound(await lockIntegration(tx, integrationId, 'UPDATE'), 'integration');
        const subject = { kind: 'integration', id: integrationId } as const;
        const end = { subject, reason: 'panic', cause: causeOf(command), comment } as const;
        await lockPending(tx, integrationId, subject);
        const live = await countLive(tx, [integrationId]);
        if (live !== liveGrants)
          throw new Refusal(
            'conflict',
            `The number of live grants is ${live}, not ${liveGrants}. To end them, repeat the call with liveGrants ${live}.`,
          );
        const cancelledRequests = await cancelRequests(tx, integrationId, end);
        return { revoked: await revokeGrants(tx, integrationId, end), cancelledRequests };
      },
      (_tx, _subject, result) => Promise.resolve(result),
    );
  }
}
