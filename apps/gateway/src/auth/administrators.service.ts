import { Injectable } from '@nestjs/common';
import { type UserRecord } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { type Reach, isSubset } from '../callers/roles.js';
import { TtlCache } from '../limits/ttl.cache.js';
import { Links } from './links.service.js';
import { type Administrator, administratorsOf } from './role-assignments.queries.js';

/** The most administrators that are named. */
const LIMIT = 10;
/** Without a cache, each read of a request would be up to `LIMIT` lookups in the directory, outside the limits of the API. */
const CACHE_MS = 5_000;
const CACHED_USERS = 1_000;

/** An administrator whom people can ask: a user of the integration, or an identity without a user there. */
export type NamedAdministrator = { user: UserRecord } | { subject: string };

/** Finds the administrators of an integration. */
@Injectable()
export class Administrators {
  private readonly users = new TtlCache<UserRecord | undefined>(CACHE_MS, CACHED_USERS);

  constructor(
    private readonly database: Database,
    private readonly links: Links,
  ) {}

  /**
   * @param reach integrations whose role assignments the caller may list. An administrator without a user in the
   * integration is named only if the caller may list the role
   * @returns at most `LIMIT`; users first
   * @throws Refusal `unavailable` or `deadline` when the directory does not respond
   */
  async of(integrationId: string, reach: Reach, requestId: string): Promise<NamedAdministrator[]> {
    const found = await this.database.inIntegration(integrationId, (tx) => administratorsOf(tx, integrationId, LIMIT));
    const named = found.map(async ({ userId, subject, integrationIds }: Administrator) => {
      const user = userId === null ? undefined : await this.user(integrationId, userId, requestId);
      if (user?.active) return [{ user }];
      return isSubset(integrationIds ?? 'all', reach) ? [{ subject }] : [];
    });
    return (await Promise.all(named)).flat();
  }

  private user(integrationId: string, userId: string, requestId: string): Promise<UserRecord | undefined> {
    return this.users.get(`${integrationId} ${userId}`, () => this.links.user(integrationId, userId, requestId));
  }
}
