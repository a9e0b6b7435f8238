import { enterIntegration, type Tx } from '@tidegate/database';
import { type Identity } from './caller.js';
import { boundIntegrations, linksOf } from './people.queries.js';
import { type Standing, standingOf } from './people.rule.js';
import { rolesOf } from './role-assignments.queries.js';

/**
 * @param tx from here on sees the integrations that the identity's issuer signs in for
 * @returns what the identity may do; undefined when it may not come in
 */
export async function standingNow(tx: Tx, identity: Identity): Promise<Standing | undefined> {
  const integrationIds = await boundIntegrations(tx, identity.issuer);
  if (!integrationIds) return undefined;
  await enterIntegration(tx, ...integrationIds);
  return standingOf(await linksOf(tx, integrationIds, identity), await rolesOf(tx, identity));
}
