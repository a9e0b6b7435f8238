import { Injectable } from '@nestjs/common';
import {
  BEFORE_ALL,
  type Command,
  type CommandReply,
  GROUP_STATES_PER_PAGE,
  type GroupWithMembers,
  isId,
  MEMBER_IDS_PER_PAGE,
  type Page,
  pageOf,
} from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { cursorId, oneIntegration, sliceOf } from '../common/command.rule.js';
import { type StateRow, statesWithMembers } from './group-states.queries.js';
import { stateOf } from './groups.rule.js';

/** Returns the states of all synced groups with their users, for subscribers that rebuild their projection. */
@Injectable()
export class GroupStates {
  constructor(private readonly database: Database) {}

  /**
   * A page of the synced groups of an integration, ordered by id, each with its first users.
   * @throws Refusal `invalid` for an invalid cursor
   */
  statePage(command: Command<'groups.statePage'>): Promise<Page<GroupWithMembers>> {
    const integrationId = oneIntegration(command);
    const { after, limit: wanted } = sliceOf(command.data);
    const limit = Math.min(wanted, GROUP_STATES_PER_PAGE);
    return this.database.transaction(command, async (tx) => {
      const rows = await statesWithMembers(tx, 'g.id > $2', [integrationId, after, BEFORE_ALL, limit + 1]);
      return pageOf(rows, limit, ({ id }) => id, pageOfMembers);
    });
  }

  /**
   * A page of the users of a synced group, ordered by id.
   * @returns `found: null` when there is no such synced group
   * @throws Refusal `invalid` for an invalid cursor
   */
  memberPage(command: Command<'groups.memberPage'>): Promise<CommandReply<'groups.memberPage'>> {
    const integrationId = oneIntegration(command);
    const after = cursorId(command.data.after);
    const { id } = command.data;
    if (!isId(id)) return Promise.resolve({ found: null });
    return this.database.transaction(command, async (tx) => {
      const [row] = await statesWithMembers(tx, 'g.id = $2', [integrationId, id, after, 1]);
      return { found: row ? pageOfMembers(row) : null };
    });
  }
}

function pageOfMembers({ userIds: found, ...row }: StateRow): GroupWithMembers {
  const userIds = found.slice(0, MEMBER_IDS_PER_PAGE);
  return { group: stateOf(row), userIds, nextMember: found.length > userIds.length ? userIds.at(-1)! : null };
}
