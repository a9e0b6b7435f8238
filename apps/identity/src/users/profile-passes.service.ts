import { Injectable } from '@nestjs/common';
import { type Cause, type Command, type Page, LIST_BYTES, type UserProfile } from '@tidegate/contracts';
import { Database, recordEvents, type Tx } from '@tidegate/database';
import { oneIntegration, sliceOf } from '../command.rule.js';
import { hasAny } from './profile.rule.js';
import { lockProfilePass, lockUsersAfter, marksOf, moveProfilePass, statesAfter } from './profiles.queries.js';
import { profileEvent } from './user-events.js';
import { userProfile } from './users.rule.js';

/** Users of one transaction of a pass: few, so that writes of the same users hardly wait. */
const PUBLISHED_AT_ONCE = 100;

/** Publishes profiles again, and gives subscribers the states of all users. */
@Injectable()
export class ProfilePasses {
  constructor(private readonly database: Database) {}

  /** Publishes what is left to be published after a change of the marked attributes. Processes may do so side by side. */
  async catchUp(integrationId: string, cause: Cause): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    while (await this.database.transaction(scope, (tx) => publishNext(tx, integrationId, cause)));
  }

  /**
   * The states and profiles of the users of an integration, deleted ones included, in the order of their ids.
   * @throws Refusal `invalid` for a cursor that no page gave
   */
  statePage(command: Command<'users.statePage'>): Promise<Page<UserProfile>> {
    const integrationId = oneIntegration(command);
    const { after, limit } = sliceOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const marks = await marksOf(tx, integrationId);
      const rows = await statesAfter(tx, integrationId, after, limit);
      const shown = rows.slice(0, limit).filter((row) => (row.bytes_before ?? 0) < LIST_BYTES);
      const more = rows.length > shown.length;
      return {
        items: shown.map((row) => userProfile(row, marks, row.deleted)),
        nextCursor: more ? (shown.at(-1)?.id ?? null) : null,
      };
    });
  }
}

/**
 * Publishes the profiles of the next users that a change of marks concerns, under the versions that the users have.
 * @returns whether there are more users
 */
async function publishNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  const pass = await lockProfilePass(tx, integrationId);
  if (!pass) return false;
  const users = await lockUsersAfter(tx, integrationId, pass.users_after, PUBLISHED_AT_ONCE);
  // After the lock: a write that committed meanwhile may have used newer marks.
  const marks = await marksOf(tx, integrationId);
  const concerned = users.filter(({ attributes }) => hasAny(attributes, pass.names));
  await recordEvents(
    tx,
    'identity',
    concerned.map((row) => profileEvent(row, marks, cause)),
  );
  const more = users.length === PUBLISHED_AT_ONCE;
  await moveProfilePass(tx, integrationId, more ? users.at(-1)!.id : undefined);
  return more;
}
