import { Injectable } from '@nestjs/common';
import { within } from '@tidegate/observability';
import { userStateOf } from '@tidegate/scim';
import { type Person } from '../../callers/caller.js';
import { type HttpCall } from '../../callers/call.js';
import { ApiCommands } from '../common/api-commands.service.js';

/** A user of a person. The names are null if the directory did not return them in time. */
export interface OwnUser {
  integrationId: string;
  userId: string;
  userName: string | null;
  userDisplayName: string | null;
}

/** @returns the name of a user to show to people */
export const shownName = ({ userDisplayName, userName }: OwnUser): string | null => userDisplayName ?? userName;

/** Maximum number of users whose names are looked up for one call: those in the oldest integrations. */
export const MAX_NAMED_USERS = 20;
/** Lookups at the same time. */
const CONCURRENT = 2;
/** No lookup starts or is waited for after this time, so that a directory that does not respond delays no response longer. */
const LOOKUP_MS = 2_000;

/** Looks up the users of a logged-in person in the directory. */
@Injectable()
export class OwnUsers {
  constructor(private readonly commands: ApiCommands) {}

  /**
   * Returns the users of a person, in the order of their integrations, oldest first.
   * @param limit number of users to look up; the others have no names
   * @returns all users of the person; does not reject
   */
  async of(person: Person, call: HttpCall, limit = MAX_NAMED_USERS): Promise<OwnUser[]> {
    const users = Object.entries(person.users)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([integrationId, userId]): OwnUser => ({ integrationId, userId, userName: null, userDisplayName: null }));
    const own = { ...call, caller: person, access: { reach: [], own: person.users } };
    const end = performance.now() + LOOKUP_MS;
    for (let at = 0; at < Math.min(users.length, limit) && performance.now() < end; at += CONCURRENT) {
      const next = users.slice(at, Math.min(at + CONCURRENT, limit));
      await Promise.all(next.map((user) => this.addNames(user, own, end - performance.now())));
    }
    return users;
  }

  private async addNames(user: OwnUser, call: HttpCall, milliseconds: number): Promise<void> {
    const { integrationId, userId: id } = user;
    const get = () => this.commands.askOne(integrationId, 'users.get', call, { id, withGroups: false });
    const found = await within(milliseconds, get).catch(() => undefined);
    if (!found) return;
    const { userName, displayName } = userStateOf(found.attributes);
    Object.assign(user, { userName, userDisplayName: displayName });
  }
}
