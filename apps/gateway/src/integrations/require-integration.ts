import { Refusal } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { type IntegrationEntity } from './integration.entity.js';
import { findIntegration } from './integrations.queries.js';

/** Like `findIntegration`. @throws Refusal `missing` when the integration does not exist */
export async function requireIntegration(tx: Tx, id: string, lock = false): Promise<IntegrationEntity> {
  return existing(await findIntegration(tx, id, lock));
}

/** @returns the integration @throws Refusal `missing` when it is undefined */
export function existing(integration: IntegrationEntity | undefined): IntegrationEntity {
  if (!integration) throw new Refusal('missing', 'No such integration.');
  return integration;
}
