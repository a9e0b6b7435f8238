import { Refusal } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { findIntegration, type Integration } from './integrations.queries.js';

/** Like `findIntegration`. @throws Refusal `missing` when the integration does not exist */
export async function requireIntegration(tx: Tx, id: string, lock = false): Promise<Integration> {
  return existing(await findIntegration(tx, id, lock));
}

/** @returns the integration @throws Refusal `missing` when it is undefined */
export function existing(integration: Integration | undefined): Integration {
  if (!integration) throw new Refusal('missing', 'No such integration.');
  return integration;
}
