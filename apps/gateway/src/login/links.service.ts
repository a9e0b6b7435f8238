import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Refusal, type UserRecord } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger } from '@tidegate/observability';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config.js';
import { insertLink, keepActivity, type KnownUser, linkedSubject, markGone, moveLink } from './links.queries.js';
import { type Identity } from '../auth/caller.js';
import { boundIntegrations, issuerOf, linksOf } from '../auth/people.queries.js';
import { type Link } from '../auth/people.rule.js';
import { endRoles, rolesOf } from '../auth/role-assignments.queries.js';

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
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Called at a login, before the session begins, and while it is in use. In each integration that the issuer signs in for,
   * links the identity to the one user whose `externalId` is the subject: in Okta both are the user's id there. Links to an
   * inactive one, too, if there is no other: whoever was a user has left, even without a login before. A link is made once;
   * what becomes of `externalId` later moves nothing, until the linked user has left. Then asks whether the linked users are
   * active, and ends the roles of those who are not.
   *
   * The asking comes after the link is committed: who is deactivated before is seen here, and who is deactivated after has
   * a link that the event finds.
   * @throws Refusal `unavailable` or `deadline` when the directory does not answer
   */
  async settle(identity: Identity, requestId: string): Promise<void> {
    const bound = (await this.database.unscoped((tx) => boundIntegrations(tx, identity.issuer))) ?? [];
    await Promise.all(bound.map((integrationId) => this.settleIn(integrationId, identity, requestId)));
  }

  /**
   * The same in one integration that the issuer signs in for.
   * @returns the user that the identity is there; undefined when it is none
   * @throws as `settle`
   */
  async settleIn(integrationId: string, identity: Identity, requestId: string): Promise<Link | undefined> {
    const linked = async () => (await this.inTenancy(integrationId, (tx) => linksOf(tx, [integrationId], identity)))[0];
    const userId = (await linked())?.userId ?? (await this.link(identity, integrationId, requestId));
    if (userId === undefined) return undefined;
    await this.refresh(identity, integrationId, userId, requestId);
    return linked();
  }

  /** @returns the subject that a user is linked to; undefined when it is linked to none */
  async subjectOf(integrationId: string, userId: string): Promise<string | undefined> {
    return this.inTenancy(integrationId, (tx) => linkedSubject(tx, integrationId, userId));
  }

  /** @returns the user as the directory has it; undefined when there is none @throws as `settle` */
  async user(integrationId: string, id: string, requestId: string): Promise<UserRecord | undefined> {
    try {
      return await this.client.ask('users.get', this.asking(integrationId, requestId), { id });
    } catch (error) {
      if (Refusal.from(error)?.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Whether a user is the person, linked or not: the directory may hold several users of one person, of whom none is linked.
   * @throws as `settle`
   */
  async isUserOf(identity: Identity, integrationId: string, userId: string, requestId: string): Promise<boolean> {
    const issuer = await this.database.unscoped((tx) => issuerOf(tx, integrationId));
    if (issuer !== identity.issuer) return false;
    const user = await this.user(integrationId, userId, requestId);
    return user?.attributes['externalId'] === identity.subject;
  }

  private async link(identity: Identity, integrationId: string, requestId: string): Promise<string | undefined> {
    const user = await this.find(identity, integrationId, requestId);
    if (!user) return undefined;
    const known = { integrationId, userId: user.id, version: user.version, active: user.active };
    return this.inTenancy(integrationId, async (tx) => {
      if (!(await insertLink(tx, identity, known))) return undefined;
      await this.noteRoles(tx, identity, known, requestId);
      if (!user.active) await this.endRoles(tx, known, requestId);
      return user.id;
    });
  }

  private async refresh(identity: Identity, integrationId: string, userId: string, requestId: string): Promise<void> {
    const user = await this.user(integrationId, userId, requestId);
    const version = user?.version ?? Number.MAX_SAFE_INTEGER;
    await this.inTenancy(integrationId, async (tx) => {
      if (user) await keepActivity(tx, { integrationId, userId, version, active: user.active });
      else await markGone(tx, integrationId, userId);
      if (!user?.active) await this.endRoles(tx, { integrationId, userId, version }, requestId);
    });
    if (user?.active) return;
    const next = await this.find(identity, integrationId, requestId);
    if (!next?.active) return;
    const known = { integrationId, userId: next.id, version: next.version };
    await this.inTenancy(integrationId, async (tx) => {
      if (await moveLink(tx, identity, userId, known)) await this.noteRoles(tx, identity, known, requestId);
    });
  }

  /**
   * @returns the one active user whose `externalId` is exactly the subject, or the only one, who is not active; undefined
   * when there is none, or more than one, and for an empty subject, which names nobody
   */
  private async find({ subject }: Identity, integrationId: string, requestId: string): Promise<UserRecord | undefined> {
    if (subject === '') return undefined;
    const query = { filter: `externalId eq ${JSON.stringify(subject)}`, startIndex: 1, count: MOST_ALIKE, baseUrl: '' };
    const { items, totalResults } = await this.client.ask('users.list', this.asking(integrationId, requestId), query);
    const matching = items.filter(({ attributes }) => attributes['externalId'] === subject);
    const active = matching.filter((user) => user.active);
    const [one, ...others] = active.length > 0 ? active : matching;
    return totalResults <= MOST_ALIKE && others.length === 0 ? one : undefined;
  }

  /** What an administrator wants to know of a person with a role: which user of the directory it became. */
  private async noteRoles(tx: Tx, identity: Identity, user: KnownUser, requestId: string): Promise<void> {
    const assignmentIds = (await rolesOf(tx, identity)).map(({ id }) => id);
    if (assignmentIds.length === 0) return;
    const { integrationId, userId } = user;
    const linked = { requestId, integrationId, userId, ...identity, assignmentIds };
    this.logger.info(linked, 'A person with a role is linked to a user');
  }

  private async endRoles(tx: Tx, user: KnownUser, requestId: string): Promise<void> {
    const assignmentIds = await endRoles(tx, user);
    if (assignmentIds.length === 0) return;
    const { integrationId, userId } = user;
    this.logger.info({ requestId, integrationId, userId, assignmentIds }, 'The roles of a user who left are ended');
  }

  private asking(integrationId: string, requestId: string) {
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    return { integrationIds: [integrationId], requestId, deadlineAt, context: { actor: LOGIN } };
  }

  private inTenancy<T>(integrationId: string, work: Parameters<typeof this.database.transaction<T>>[1]): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}
