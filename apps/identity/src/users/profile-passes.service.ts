import { Injectable } from '@nestjs/common';
import { type Cause, type Command, type Page, LIST_BYTES, type UserProfile } from '@tidegate/contracts';
import { Database, recordEvents, type Tx } from '@tidegate/database';
import { oneIntegration, sliceOf } from '../common/command.rule.js';
import { hasAny } from './profile.rule.js';
import { lockUsersAfter, marksOf, saveProfilePass, statesAfter } from './profiles.queries.js';
import { ProfilePassEntity } from './profile-pass.entity.js';
import { profileEvent } from './user.events.js';
import { userProfile } from './users.rule.js';

/** The number of users in one transaction. It is small, because writes to the same users wait for the transaction. */
const USERS_PER_STEP = 100;

/** Publishes profiles again after a change of marked attributes, and returns the states of all users to subscribers. */
@Injectable()
export class ProfilePasses {
  constructor(private readonly database: Database) {}

  /** Publishes the remaining profiles of an integration. Several processes can run this at the same time. */
  async catchUp(integrationId: string, cause: Cause): Promise<void> {
    const scope = { integrationIds: [integrationId] };
    while (await this.database.transaction(scope, (tx) => publishNext(tx, integrationId, cause)));
  }

  /**
   * A page of the states and profiles of the users of an integration, including deleted users, ordered by id.
   * @throws Refusal `invalid` for an invalid cursor
   */
  statePage(command: Command<'users.statePage'>): Promise<Page<UserProfile>> {
    const integrationId = oneIntegration(command);
    const { after, limit } = sliceOf(command.data);
    return this.database.transaction(command, async (tx) => {
      const marks = await marksOf(tx, integrationId);
      const rows = await statesAfter(tx, integrationId, after, limit);
      const fitting = rows.slice(0, limit).filter((row) => (row.bytes_before ?? 0) < LIST_BYTES);
      const more = rows.length > fitting.length;
      return {
        items: fitting.map((row) => userProfile(row, marks, row.deleted)),
        nextCursor: more ? (fitting.at(-1)?.id ?? null) : null,
      };
    });
  }
}

/**
 * Publishes the profiles of the next users that have a changed attribute, under the current versions of the users.
 * @returns whether there may be more users
 */
async function publishNext(tx: Tx, integrationId: string, cause: Cause): Promise<boolean> {
  // Locked, so that two processes never publish at the same time.
  const pass = await tx.findOne(ProfilePassEntity, { where: { integrationId }, lock: 'forUpdate' });
  if (!pass) return false;
  const users = await lockUsersAfter(tx, integrationId, pass.usersAfter, USERS_PER_STEP);
  // Read after the lock, because a write that committed in the meantime may have used newer marks.
  const marks = await marksOf(tx, integrationId);
  const affected = users.filter(({ attributes }) => hasAny(attributes, pass.names));
  await recordEvents(
    tx,
    'identity',
    affected.map((row) => profileEvent(row, marks, cause)),
  );
  const more = users.length === USERS_PER_STEP;
  await saveProfilePass(tx, integrationId, more ? users.at(-1)!.id : undefined);
  return more;
}
