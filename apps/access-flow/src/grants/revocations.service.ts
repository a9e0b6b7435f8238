import {
  causeOf,
  type Command,
  onlyOne,
  Refusal,
  requireConfirmation,
  REVOCABLE,
  REVOKE_LIMITS,
  type RevokedGrants,
  type RevokeManyGrants,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { allowedIntegrations } from '../common/allowed-integrations.js';
import { Writes } from '../common/writes.service.js';
import { requireFound } from '../common/require-found.js';
import { ABOVE_ALL_COUNTS } from '../directory/user-state.rule.js';
import { lockFlow } from '../policy/flows.queries.js';
import { type GrantSubject } from './revoke.queries.js';
import { revokeEach } from './revoke-grants.js';
import { countGrants, lockNamedUser } from './revocable.queries.js';

/** What a revocation ends, and how its caller confirms it; nothing confirms single grants. */
interface Revocable {
  subject: GrantSubject;
  title?: string;
  name?: string;
}

/** Revocations of several grants, all or none. Every query is bound by the integration of the command. */
@Injectable()
export class RevocationsService {
  constructor(private readonly writes: Writes) {}

  /**
   * Revokes the live grants among those that the command names, or those of a user or flow. Pending requests stay.
   * @throws Refusal `missing` for an unknown integration, user, flow or grant; `invalid` unless the command names exactly one of
   *   these; `conflict` when grants of a user or flow would end, and `confirm` is not its name
   */
  revokeMany(command: Command<'grants.revokeMany'>): Promise<RevokedGrants> {
    const { data } = command;
    const [integrationId] = allowedIntegrations(command.integrationIds, data.integrationId);
    if (!integrationId) throw new Refusal('missing', 'No such integration.');
    return this.writes.run(
      command,
      integrationId,
      async (tx) => {
        const { subject, title, name } = await lockRevocable(tx, integrationId, data);
        const end = { subject, reason: 'revoked', cause: causeOf(command), comment: data.reason } as const;
        const grants = await revokeEach(tx, integrationId, end);
        // After the change, which a refusal rolls back: the number is exactly what ends.
        const ends = [{ count: grants.length, verb: 'revoke', noun: 'live grant' }];
        if (title && name) requireConfirmation({ title, name, place: 'field', ends }, data.confirm);
        const ids = grants.map(({ id }) => id).sort();
        return { revoked: ids.length, grants: ids.slice(0, REVOKE_LIMITS.listed) };
      },
      (_tx, _subject, revoked) => Promise.resolve(revoked),
    );
  }
}

/** Locks the user or flow, so that no grant of it is created meanwhile. */
async function lockRevocable(tx: Tx, integrationId: string, data: RevokeManyGrants): Promise<Revocable> {
  const { grantIds: ids = [], userId = '', flowId = '' } = data;
  switch (onlyOne(data, REVOCABLE)) {
    case 'grantIds':
      if ((await countGrants(tx, integrationId, ids)) < ids.length)
        throw new Refusal('missing', 'grantIds must be ids of grants of this integration.');
      return { subject: { kind: 'grants', ids } };
    case 'userId': {
      const name = await lockNamedUser(tx, integrationId, userId);
      const subject = { kind: 'user', id: userId, madeBefore: ABOVE_ALL_COUNTS } as const;
      return { subject, title: 'userName of the user', name };
    }
    case 'flowId': {
      const { name } = requireFound(await lockFlow(tx, integrationId, flowId, 'UPDATE'), 'access flow');
      return { subject: { kind: 'flow', id: flowId }, title: 'name of the access flow', name };
    }
  }
}
