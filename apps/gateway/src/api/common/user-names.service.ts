import { Injectable } from '@nestjs/common';
import {
  type Actor,
  actorWithNames,
  type NamedActor,
  type NamedUser,
  userIdsOf,
  USERS_AT_ONCE,
} from '@tidegate/contracts';
import { within } from '@tidegate/observability';
import { type HttpCall } from '../../callers/call.js';
import { covers } from '../../callers/roles.js';
import { ApiCommands } from './api-commands.service.js';

/** No lookup starts or is waited for after this time: without names, the response is still useful. */
const LOOKUP_MS = 2_000;

/** A user that a response refers to. */
export interface UserOf {
  integrationId: string;
  userId: string;
}

/** @returns the names of a user; undefined if they are not known, or the caller cannot see the user */
export type NamesOf = (integrationId: string, userId: string) => NamedUser | undefined;

/** @returns an actor in a record of the integration, with the names that are known */
export type NameActor = (integrationId: string, actor: Actor | null) => NamedActor | null;

/** Actors that a record of an integration contains. */
export interface ActorsOf {
  integrationId: string;
  actors: readonly (Actor | null)[];
}

/** Looks up the names of users for responses: once for each page, because the gateway stores no users. */
@Injectable()
export class UserNames {
  constructor(private readonly commands: ApiCommands) {}

  /**
   * Asks access-flow for the names, in integrations where the caller has the scope of the route; the users in other
   * integrations get none. Sends no command without users.
   * @returns a function of the users; does not reject: when access-flow does not reply in time, names are missing
   */
  async of(users: readonly UserOf[], call: HttpCall): Promise<NamesOf> {
    const found = new Map<string, NamedUser>();
    const seen = users.filter(({ integrationId }) => covers(call.access.reach, integrationId));
    const end = performance.now() + LOOKUP_MS;
    for (const some of portions(seen)) {
      const left = end - performance.now();
      if (left <= 0) break;
      const reply = await within(left, () => this.ask(some, call, left)).catch(() => undefined);
      if (!reply) break;
      for (const user of reply.users) found.set(keyOf(user.integrationId, user.id), user);
    }
    return (integrationId, userId) => found.get(keyOf(integrationId, userId));
  }

  /** @returns a function that adds the names to the actors; does not reject */
  async ofActors(records: readonly ActorsOf[], call: HttpCall): Promise<NameActor> {
    const users = records.flatMap(({ integrationId, actors }) =>
      actors.flatMap(userIdsOf).map((userId) => ({ integrationId, userId })),
    );
    const namesOf = await this.of(users, call);
    return (integrationId, actor) => actorWithNames(actor, (userId) => namesOf(integrationId, userId)?.userName);
  }

  private ask(users: readonly UserOf[], call: HttpCall, milliseconds: number) {
    const reach = [...new Set(users.map(({ integrationId }) => integrationId))];
    const data = { userIds: [...new Set(users.map(({ userId }) => userId))] };
    return this.commands.askBriefly('references.names', call, data, reach, milliseconds);
  }
}

const keyOf = (integrationId: string, userId: string): string => `${integrationId} ${userId}`;

/** @returns each user once, in portions for one command each, those of the same integration together */
function portions(users: readonly UserOf[]): UserOf[][] {
  const distinct = new Map(users.map((user) => [keyOf(user.integrationId, user.userId), user]));
  const sorted = [...distinct.keys()].sort().map((key) => distinct.get(key)!);
  const count = Math.ceil(sorted.length / USERS_AT_ONCE);
  return Array.from({ length: count }, (_, n) => sorted.slice(n * USERS_AT_ONCE, (n + 1) * USERS_AT_ONCE));
}
