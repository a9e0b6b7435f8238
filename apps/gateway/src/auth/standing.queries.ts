import { enterTenant, type Tx } from '@tidegate/database';
import { type Person } from './caller.js';
import { boundIntegrations, type Identity, linksOf } from './people.queries.js';
import { standingOf } from './people.rule.js';
import { rolesOf } from './role-assignments.queries.js';

/**
 * @param tx from here on sees the integrations that the identity's issuer signs in for
 * @returns what the identity may do; undefined when it may not come in
 */
export async function standingNow(tx: Tx, identity: Identity): Promise<Pick<Person, 'roles' | 'users'> | undefined> {
  const integrationIds = await boundIntegrations(tx, identity.issuer);
  if (!integrationIds) return undefined;
  await enterTenant(tx, ...integrationIds);
  return standingOf(await linksOf(tx, integrationIds, identity), await rolesOf(tx, identity));
}
