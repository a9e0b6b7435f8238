import { Refusal } from '@tidegate/contracts';
import { type Access } from '../../callers/access.rule.js';
import { type Caller } from '../../callers/caller.js';
import { type Reach } from '../../callers/roles.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { type CallFilter } from '../common/own.rule.js';

/**
 * Restricts a list of what users can request: people ask for their own users, callers with the scope also for another user.
 * @returns the integrations and users, and whether these ask for themselves; undefined when the person is not a user there, so that the list is empty
 * @throws InvalidFields when an API key names no user; Refusal `notAllowed` when a member names another user
 */
export function scopeToRequesters(
  caller: Caller | undefined,
  { reach }: Access,
  { integrationId, userId }: CallFilter,
): { reach: Reach; userIds: string[]; asMember?: true } | undefined {
  const users = caller?.kind === 'person' ? Object.entries(caller.users) : [];
  const own = users.filter(([id, user]) => (integrationId ?? id) === id && (userId ?? user) === user);
  if (own.length > 0) return { reach: own.map(([id]) => id), userIds: own.map(([, user]) => user), asMember: true };
  if (userId !== undefined && reach.length > 0) return { reach, userIds: [userId] };
  if (userId !== undefined) throw new Refusal('notAllowed', 'Members can only do this for themselves.');
  if (caller?.kind !== 'person') throw new InvalidFields({ userId: 'is required with an API key' });
  return undefined;
}
