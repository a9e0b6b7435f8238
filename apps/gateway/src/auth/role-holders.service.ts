import { Injectable } from '@nestjs/common';
import { Database } from '@tidegate/database';
import { InvalidFields } from '../http/invalid-fields.js';
import { Links } from '../login/links.service.js';
import { type Identity } from './caller.js';
import { boundIntegrations, issuerOf } from './people.queries.js';
import { type RoleHolder } from './role-assignments.queries.js';
import { covers, type Reach } from './roles.js';

/** Finds out who somebody is at the moment a role is given, so that nothing that SCIM writes later changes whose it is. */
@Injectable()
export class RoleHolders {
  constructor(
    private readonly database: Database,
    private readonly links: Links,
  ) {}

  /**
   * Links the user to the identity that logs in as it: the one it is linked to already, else its `externalId` at the issuer
   * of its integration.
   * @throws InvalidFields when there is no such active user, or nobody can log in as it; as `Links.settle`
   */
  async ofUser(integrationId: string, userId: string, requestId: string): Promise<RoleHolder> {
    const issuer = await this.database.unscoped((tx) => issuerOf(tx, integrationId));
    if (issuer === undefined)
      throw new InvalidFields({ integrationId: 'has no login provider, so nobody can log in as one of its users' });
    const user = await this.links.user(integrationId, userId, requestId);
    if (!user) throw new InvalidFields({ userId: 'must be a user of the integration' });
    if (!user.active) throw new InvalidFields({ userId: 'must be an active user' });
    const subject = (await this.links.subjectOf(integrationId, userId)) ?? user.attributes['externalId'];
    if (typeof subject !== 'string' || subject === '')
      throw new InvalidFields({ userId: 'has no externalId, so no login belongs to this user' });
    const link = await this.links.settleIn(integrationId, { issuer, subject }, requestId);
    if (link?.userId !== userId)
      throw new InvalidFields({ userId: 'has an externalId that is also the one of another user' });
    return { issuer, subject, integrationId, userId, userVersion: link.version };
  }

  /**
   * @param wanted the integration whose directory speaks for the person, or null for none. Undefined stands for the only
   *   one that the issuer signs in for, and for none where there is no such integration
   * @param reach the integrations that the caller may name
   * @throws InvalidFields when the issuer is unknown, the integration is not one of its, or the person's user there is
   *   inactive; as `Links.settle`
   */
  async ofIdentity(
    identity: Identity,
    wanted: string | null | undefined,
    reach: Reach,
    requestId: string,
  ): Promise<RoleHolder> {
    const bound = await this.database.unscoped((tx) => boundIntegrations(tx, identity.issuer));
    if (!bound) throw new InvalidFields({ issuer: 'must be the issuer of a login provider' });
    if (wanted === undefined && bound.length > 1) throw new InvalidFields({ integrationId: SEVERAL });
    const integrationId = wanted === undefined ? (bound[0] ?? null) : wanted;
    const holder = { ...identity, integrationId, userId: null };
    if (integrationId === null) return { ...holder, userVersion: 0 };
    if (!bound.includes(integrationId) || !covers(reach, integrationId))
      throw new InvalidFields({ integrationId: 'must be an integration that the login provider signs in for' });
    const link = await this.links.settleIn(integrationId, identity, requestId);
    if (link?.active === false) throw new InvalidFields({ subject: 'is a user of the integration who is not active' });
    return { ...holder, userVersion: link?.version ?? 0 };
  }
}

const SEVERAL =
  'must name the integration whose directory speaks for the person, or be null for none: the provider signs in for several';
