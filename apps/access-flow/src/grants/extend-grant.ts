import { type Cause, type UnnamedFlow } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { requireFound } from '../common/require-found.js';
import { SCHEMA } from '../common/schema.js';
import { type AccessInputs } from '../policy/obstacle.rule.js';
import { type GrantEntity } from './grant.entity.js';
import { grantEvent } from './grant.events.js';
import { extendGrant, lockGrant } from './grants.queries.js';
import { type ExtendsAs, whyNotExtend } from './may-extend.rule.js';

/**
 * Extends a grant, which it locks, if the rule allows it.
 * @param locked flow and inputs of the access, locked
 * @returns the grant with its new end
 * @throws Refusal
 */
export async function extend(
  tx: Tx,
  integrationId: string,
  grantId: string,
  { flow, inputs }: { flow: UnnamedFlow | undefined; inputs: AccessInputs },
  { seconds, as }: { seconds: number; as: ExtendsAs },
  cause: Cause,
): Promise<GrantEntity> {
  const grant = requireFound(await lockGrant(tx, integrationId, grantId), 'grant');
  const refusal = whyNotExtend(grant, flow, inputs, { seconds, as });
  if (refusal) throw refusal;
  const extended = await extendGrant(tx, integrationId, grantId, seconds, cause.actor);
  await recordEvents(tx, SCHEMA, [grantEvent('grant.extended', extended, cause)]);
  return extended;
}
