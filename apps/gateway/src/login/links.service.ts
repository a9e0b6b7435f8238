import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Refusal, type UserRecord } from '@tidegate/contracts';
import { Database } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { insertLink, keepActivity, markGone, moveLink } from './links.queries.js';
import { boundIntegrations, type Identity, linksOf } from '../auth/people.queries.js';

/** Reads only: what a login changes has the person as its actor. */
const LOGIN: Actor = { kind: 'system', job: 'login' };
/** More users than may share an Okta id by mistake. */
const MOST_ALIKE = 10;

/** Which users of the directory an identity is. */
@Injectable()
export class Links {
  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'apiSeconds'>,
  ) {}

  /**
   * Called at a login, before the session begins, and while it is in use. In each integration that the issuer signs in for, links the identity to
   * the one user whose `externalId` is the subject: in Okta both are the user's id there. Links to an inactive one, too, if
   * there is no other: whoever was a user has left, even without a login before. A link is made once; what becomes of
   * `externalId` later moves nothing, until the linked user has left. Then asks whether the linked users are active.
   *
   * The asking comes after the link is committed: who is deactivated before is seen here, and who is deactivated after has
   * a link that the fact finds.
   * @throws Refusal `unavailable` or `deadline` when the directory does not answer
   */
  async settle(identity: Identity, requestId: string): Promise<void> {
    const bound = (await this.database.unscoped((tx) => boundIntegrations(tx, identity.issuer))) ?? [];
    const links = await this.database.transaction({ integrationIds: bound }, (tx) => linksOf(tx, bound, identity));
    const known = new Map(links.map(({ integrationId, userId }) => [integrationId, userId]));
    await Promise.all(
      bound.map(async (integrationId) => {
        const userId = known.get(integrationId) ?? (await this.link(identity, integrationId, requestId));
        if (userId !== undefined) await this.refresh(identity, integrationId, userId, requestId);
      }),
    );
  }

  private async link(identity: Identity, integrationId: string, requestId: string): Promise<string | undefined> {
    const user = await this.find(identity, integrationId, requestId);
    if (!user) return undefined;
    const known = { integrationId, userId: user.id, version: user.version, active: user.active };
    const made = await this.inTenancy(integrationId, (tx) => insertLink(tx, identity, known));
    return made ? user.id : undefined;
  }

  private async refresh(identity: Identity, integrationId: string, userId: string, requestId: string): Promise<void> {
    const user = await this.get(integrationId, userId, requestId);
    if (user) {
      const known = { integrationId, userId, version: user.version, active: user.active };
      await this.inTenancy(integrationId, (tx) => keepActivity(tx, known));
      if (user.active) return;
    } else await this.inTenancy(integrationId, (tx) => markGone(tx, integrationId, userId));
    const next = await this.find(identity, integrationId, requestId);
    if (!next?.active) return;
    const known = { integrationId, userId: next.id, version: next.version };
    await this.inTenancy(integrationId, (tx) => moveLink(tx, identity, userId, known));
  }

  /**
   * @returns the one active user whose `externalId` is exactly the subject, or the only one, who is not active; undefined
   * when there is none, or more than one
   */
  private async find({ subject }: Identity, integrationId: string, requestId: string): Promise<UserRecord | undefined> {
    const query = { filter: `externalId eq ${JSON.stringify(subject)}`, startIndex: 1, count: MOST_ALIKE, baseUrl: '' };
    const { items, totalResults } = await this.client.ask('users.list', this.asking(integrationId, requestId), query);
    const matching = items.filter(({ attributes }) => attributes['externalId'] === subject);
    const active = matching.filter((user) => user.active);
    const [one, ...others] = active.length > 0 ? active : matching;
    return totalResults <= MOST_ALIKE && others.length === 0 ? one : undefined;
  }

  private async get(integrationId: string, id: string, requestId: string): Promise<UserRecord | undefined> {
    try {
      return await this.client.ask('users.get', this.asking(integrationId, requestId), { id });
    } catch (error) {
      if (Refusal.from(error)?.status === 404) return undefined;
      throw error;
    }
  }

  private asking(integrationId: string, requestId: string) {
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    return { integrationIds: [integrationId], requestId, deadlineAt, context: { actor: LOGIN } };
  }

  private inTenancy<T>(integrationId: string, work: Parameters<typeof this.database.transaction<T>>[1]): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}
