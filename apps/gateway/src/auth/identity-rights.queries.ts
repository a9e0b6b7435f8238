import { enterIntegration, type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { boundIntegrations, linksOf } from './identities.queries.js';
import { type IdentityRights, computeRights } from './identity-rights.rule.js';
import { rolesOf } from './role-assignments.queries.js';

/**
 * @param tx gains access to the integrations of the issuer
 * @returns the current rights of an identity; undefined without any
 */
export async function findIdentityRights(tx: Tx, identity: Identity): Promise<IdentityRights | undefined> {
  const integrationIds = await boundIntegrations(tx, identity.issuer);
  if (!integrationIds) return undefined;
  await enterIntegration(tx, ...integrationIds);
  return computeRights(await linksOf(tx, integrationIds, identity), await rolesOf(tx, identity));
}
