import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { InvalidFields } from '../http/invalid-fields.error.js';
import { Links } from './links.service.js';
import { type Identity } from '../callers/caller.js';
import { boundIntegrations, issuerOf } from './identities.queries.js';
import { type RoleAssignee } from './role-assignments.queries.js';
import { covers, type Reach } from '../callers/roles.js';

/** Resolves the recipient of a role to an identity, so that later SCIM changes do not move the role. */
@Injectable()
export class RoleAssignees {
  constructor(
    private readonly database: Database,
    private readonly links: Links,
  ) {}

  /**
   * Resolves a user to its linked identity, or links it to its `externalId` at the issuer of its integration.
   * @throws InvalidFields when there is no such active user, or no login for it; as `Links.sync`
   */
  async fromUser(integrationId: string, userId: string, requestId: string): Promise<RoleAssignee> {
    const issuer = await this.database.unscoped((tx) => issuerOf(tx, integrationId));
    if (issuer === undefined)
      throw new InvalidFields({ integrationId: 'has no login provider, so its users cannot log in' });
    const user = await this.links.user(integrationId, userId, requestId);
    if (!user) throw new InvalidFields({ userId: 'must be a user of the integration' });
    if (!user.active) throw new InvalidFields({ userId: 'must be an active user' });
    const subject = (await this.links.subjectOf(integrationId, userId)) ?? user.attributes['externalId'];
    if (typeof subject !== 'string' || subject === '')
      throw new InvalidFields({ userId: 'has no externalId, so this user cannot log in' });
    const link = await this.links.syncIn(integrationId, { issuer, subject }, requestId);
    if (link?.userId !== userId) throw new InvalidFields({ userId: 'has the same externalId as another user' });
    return { issuer, subject, integrationId, userId, userVersion: link.version };
  }

  /**
   * @param requested the integration whose directory can end the role, or null for none. Default: the only integration of the
   *   issuer, or none if it has no integration
   * @param reach the integrations that the caller can name
   * @throws InvalidFields when the issuer is unknown, the integration is not one of its integrations, or the user of the
   *   person there is inactive; as `Links.sync`
   */
  async fromIdentity(
    identity: Identity,
    requested: string | null | undefined,
    reach: Reach,
    requestId: string,
  ): Promise<RoleAssignee> {
    const bound = await this.database.unscoped((tx) => boundIntegrations(tx, identity.issuer));
    if (!bound) throw new InvalidFields({ issuer: 'must be the issuer of a login provider' });
    if (requested === undefined && bound.length > 1) throw new InvalidFields({ integrationId: SEVERAL });
    const integrationId = requested === undefined ? (bound[0] ?? null) : requested;
    const assignee = { ...identity, integrationId, userId: null };
    if (integrationId === null) return { ...assignee, userVersion: 0 };
    if (!bound.includes(integrationId) || !covers(reach, integrationId))
      throw new InvalidFields({ integrationId: 'must be an integration of the login provider' });
    const link = await this.links.syncIn(integrationId, identity, requestId);
    if (link?.active === false) throw new InvalidFields({ subject: 'is an inactive user of the integration' });
    return { ...assignee, userVersion: link?.version ?? 0 };
  }
}

const SEVERAL =
  'is required because the provider has several integrations: send the one whose directory can end the role, or null';
