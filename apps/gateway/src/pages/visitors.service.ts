import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { type Logger } from '@tidegate/observability';
import { type FastifyRequest } from 'fastify';
import { OwnUsers, shownName } from '../api/me/own-users.service.js';
import { ApiKeyEntity } from '../auth/api-key.entity.js';
import { CONFIGURED_KEY } from '../auth/maker.rule.js';
import { Principals } from '../auth/principals.service.js';
import { httpCall } from '../callers/call.js';
import { KEY_ISSUER, type Person } from '../callers/caller.js';
import { LOGGER } from '../config/config.js';
import { Integrations } from '../integrations/integrations.service.js';
import { highestRoles } from './highest-roles.rule.js';
import { type ShownPerson, type ShownRole, type Visitor } from './home.pages.js';

/** Maximum number of integrations that are named with a role. */
const MAX_NAMED = 20;

/** Describes the logged-in person for the start page, with data of that person alone. */
@Injectable()
export class Visitors {
  constructor(
    private readonly principals: Principals,
    private readonly integrations: Integrations,
    private readonly ownUsers: OwnUsers,
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Does not reject, because the page also shows that the database is unavailable. */
  async visitorOf(request: FastifyRequest): Promise<Visitor> {
    try {
      const person = await this.principals.principalOf(request);
      return person ? await this.describe(person, request) : 'loggedOut';
    } catch (error) {
      this.logger.warn({ err: error, requestId: request.id }, 'The start page cannot check a login');
      return 'unknown';
    }
  }

  private async describe(person: Person, request: FastifyRequest): Promise<ShownPerson> {
    const [identity, roles] = await Promise.all([
      person.issuer === KEY_ISSUER ? this.keyOf(person) : this.userOf(person, request),
      this.rolesOf(person),
    ]);
    return { ...identity, roles, csrfToken: person.csrfToken };
  }

  private async keyOf({ subject: id }: Person): Promise<Pick<ShownPerson, 'name' | 'details'>> {
    const key =
      id === CONFIGURED_KEY
        ? undefined
        : await this.database.unscoped((tx) => tx.findOne(ApiKeyEntity, { where: { id } }));
    return { name: undefined, details: [['API key', key?.name ?? id]] };
  }

  /** The name is that of the person's user in the directory: Tidegate requests no names from login providers. */
  private async userOf(person: Person, request: FastifyRequest): Promise<Pick<ShownPerson, 'name' | 'details'>> {
    const { issuer, subject } = person;
    const [user] = await this.ownUsers.of(person, httpCall(request), 1);
    const name = user?.userName ?? null;
    return {
      name: (user && shownName(user)) ?? undefined,
      details: [...(name === null ? [] : [['User', name] as const]), ['Provider', issuer], ['Subject', subject]],
    };
  }

  private async rolesOf({ roles }: Person): Promise<ShownRole[]> {
    return Promise.all(
      highestRoles(roles).map(async ({ role, reach }) => {
        if (reach === 'all') return { role, integrations: reach, more: 0 };
        const named = reach.slice(0, MAX_NAMED);
        const { items } = await this.integrations.list(named, { cursor: undefined, limit: MAX_NAMED });
        return { role, integrations: items.map(({ name }) => name), more: reach.length - named.length };
      }),
    );
  }
}
