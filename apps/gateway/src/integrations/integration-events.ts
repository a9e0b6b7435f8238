import { type Cause, type IntegrationState } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { ruleAttributes } from '@tidegate/scim';
import { insertChange } from './changes.queries.js';
import { type Integration } from './integrations.queries.js';

/** The events about integrations. */
export type IntegrationEventName =
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed';

/** Tells a change of an integration: to other services as an event, and to those who watch it. */
export async function tell(tx: Tx, name: IntegrationEventName, integration: Integration, cause: Cause): Promise<void> {
  const { id, version } = integration;
  const data = { ...stateOf(integration), removed: name === 'integration.removed' };
  await recordEvents(tx, 'gateway', [{ name, integrationId: id, subject: id, version, ...cause, data }]);
  await insertChange(tx, { integrationId: id, kind: name, version });
}

/** @returns an integration as events carry it */
export function stateOf(integration: Integration): IntegrationState {
  const { id, name, type, status, groupsToSync, groupsToSyncVersion, disablements, version } = integration;
  const { extensions, profileAttributesVersion } = integration;
  const list = { groupsToSync, groupsToSyncVersion };
  const profile = { profileAttributes: ruleAttributes(extensions), profileAttributesVersion };
  const disabled = status === 'disabled';
  return {
    integrationId: id,
    name,
    type,
    status,
    ...list,
    ...profile,
    disabled,
    disablements,
    removed: false,
    version,
  };
}
