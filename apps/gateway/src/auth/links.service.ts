import { Inject, Injectable } from '@nestjs/common';
import { type Actor, Refusal, type UserRecord } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { CommandClient } from '@tidegate/messaging';
import { type Logger } from '@tidegate/observability';
import { GATEWAY_CONFIG, type GatewayConfig, LOGGER } from '../config/config.js';
import { insertLink, updateActivity, type UserVersion, moveLink } from './links.queries.js';
import { type Identity, type ApiKeyCaller, type Person } from '../callers/caller.js';
import { boundIntegrations, issuerOf, linksOf } from './identities.queries.js';
import { IdentityLinkEntity } from './identity-link.entity.js';
import { endRoles, rolesOf } from './role-assignments.queries.js';

/** The actor of reads; changes by a login have the person as actor. */
const LOGIN: Actor = { kind: 'system', job: 'login' };
/** Page size of the search; users with the same externalId are rare mistakes. */
const PAGE_SIZE = 10;

/** Links identities to users of the directory. */
@Injectable()
export class Links {
  constructor(
    private readonly database: Database,
    private readonly client: CommandClient,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'apiSeconds'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Called before a session starts and while it is in use. In each integration of the issuer, links the identity to the only
   * user whose `externalId` is the subject (in Okta both are the user id), even if that user is inactive: then their roles
   * end. A link does not follow later changes of `externalId` while the linked user is active. Then loads the linked users
   * and ends the roles of inactive ones.
   *
   * Users are loaded after the link is committed, so that this call handles an earlier deactivation, and
   * `DeactivationsController` a later one.
   * @throws Refusal `unavailable` or `deadline` when the directory does not respond
   */
  async sync(identity: Identity, requestId: string): Promise<void> {
    const bound = (await this.database.unscoped((tx) => boundIntegrations(tx, identity.issuer))) ?? [];
    await Promise.all(bound.map((integrationId) => this.syncIn(integrationId, identity, requestId)));
  }

  /**
   * Like `sync`, in one integration of the issuer.
   * @returns the link of the identity; undefined without one
   * @throws as `sync`
   */
  async syncIn(integrationId: string, identity: Identity, requestId: string): Promise<IdentityLinkEntity | undefined> {
    const linked = async () =>
      (await this.inIntegration(integrationId, (tx) => linksOf(tx, [integrationId], identity)))[0];
    const userId = (await linked())?.userId ?? (await this.link(identity, integrationId, requestId));
    if (userId === undefined) return undefined;
    await this.refresh(identity, integrationId, userId, requestId);
    return linked();
  }

  /** @returns the linked subject of a user at the issuer of the integration: links to other issuers are deleted */
  async subjectOf(integrationId: string, userId: string): Promise<string | undefined> {
    const where = { integrationId, userId };
    return (await this.inIntegration(integrationId, (tx) => tx.findOne(IdentityLinkEntity, { where })))?.subject;
  }

  /** @returns the user from the directory; undefined when it does not exist @throws as `sync` */
  async user(integrationId: string, id: string, requestId: string): Promise<UserRecord | undefined> {
    try {
      return await this.client.ask('users.get', this.commandOptions(integrationId, requestId), { id });
    } catch (error) {
      if (Refusal.from(error)?.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Whether a user belongs to the person, linked or not: the directory can have several users of one person without links.
   * @throws as `sync`
   */
  private async isUserOf(
    identity: Identity,
    integrationId: string,
    userId: string,
    requestId: string,
  ): Promise<boolean> {
    const issuer = await this.database.unscoped((tx) => issuerOf(tx, integrationId));
    if (issuer !== identity.issuer) return false;
    const user = await this.user(integrationId, userId, requestId);
    return user?.attributes['externalId'] === identity.subject;
  }

  /**
   * Whether a user belongs to the caller, or to the person who created the calling key, also without a link.
   * @throws as `sync`
   */
  async isUserOfCaller(caller: ApiKeyCaller | Person, integrationId: string, userId: string, requestId: string) {
    const person = caller.kind === 'key' ? caller.person : caller;
    return person !== null && this.isUserOf(person, integrationId, userId, requestId);
  }

  private async link(identity: Identity, integrationId: string, requestId: string): Promise<string | undefined> {
    const user = await this.find(identity, integrationId, requestId);
    if (!user) return undefined;
    const linkedUser = { integrationId, userId: user.id, version: user.version, active: user.active };
    return this.inIntegration(integrationId, async (tx) => {
      if (!(await insertLink(tx, identity, linkedUser))) return undefined;
      await this.logRoles(tx, identity, linkedUser, requestId);
      if (!user.active) await this.endRoles(tx, linkedUser, requestId);
      return user.id;
    });
  }

  private async refresh(identity: Identity, integrationId: string, userId: string, requestId: string): Promise<void> {
    const user = await this.user(integrationId, userId, requestId);
    const version = user?.version ?? Number.MAX_SAFE_INTEGER;
    await this.inIntegration(integrationId, async (tx) => {
      if (user) await updateActivity(tx, { integrationId, userId, version, active: user.active });
      else await tx.update(IdentityLinkEntity, { integrationId, userId }, { active: false });
      if (!user?.active) await this.endRoles(tx, { integrationId, userId, version }, requestId);
    });
    if (user?.active) return;
    const next = await this.find(identity, integrationId, requestId);
    if (!next?.active) return;
    const linkedUser = { integrationId, userId: next.id, version: next.version };
    await this.inIntegration(integrationId, async (tx) => {
      if (await moveLink(tx, identity, userId, linkedUser)) await this.logRoles(tx, identity, linkedUser, requestId);
    });
  }

  /**
   * @returns the only active user whose `externalId` is exactly the subject, or the only inactive one; undefined without a
   *   unique one, and for an empty subject
   */
  private async find({ subject }: Identity, integrationId: string, requestId: string): Promise<UserRecord | undefined> {
    if (subject === '') return undefined;
    const query = { filter: `externalId eq ${JSON.stringify(subject)}`, startIndex: 1, count: PAGE_SIZE, baseUrl: '' };
    const { items, totalResults } = await this.client.ask(
      'users.list',
      this.commandOptions(integrationId, requestId),
      query,
    );
    const matching = items.filter(({ attributes }) => attributes['externalId'] === subject);
    const active = matching.filter((user) => user.active);
    const [one, ...others] = active.length > 0 ? active : matching;
    return totalResults <= PAGE_SIZE && others.length === 0 ? one : undefined;
  }

  /** Logs when an identity with roles is linked to a user. */
  private async logRoles(tx: Tx, identity: Identity, user: UserVersion, requestId: string): Promise<void> {
    const assignmentIds = (await rolesOf(tx, identity)).map(({ id }) => id);
    if (assignmentIds.length === 0) return;
    const { integrationId, userId } = user;
    const linked = { requestId, integrationId, userId, ...identity, assignmentIds };
    this.logger.info(linked, 'Linked a person with a role to a user');
  }

  private async endRoles(tx: Tx, user: UserVersion, requestId: string): Promise<void> {
    const assignmentIds = await endRoles(tx, user);
    if (assignmentIds.length === 0) return;
    const { integrationId, userId } = user;
    this.logger.info({ requestId, integrationId, userId, assignmentIds }, 'Ended the roles of a deactivated user');
  }

  private commandOptions(integrationId: string, requestId: string) {
    const deadlineAt = Date.now() + this.config.apiSeconds * 1000;
    return { integrationIds: [integrationId], requestId, deadlineAt, context: { actor: LOGIN } };
  }

  private inIntegration<T>(
    integrationId: string,
    work: Parameters<typeof this.database.transaction<T>>[1],
  ): Promise<T> {
    return this.database.transaction({ integrationIds: [integrationId] }, work);
  }
}
