import { type Cause, type IntegrationState } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { ruleAttributes } from '@tidegate/scim';
import { v7 as uuidv7 } from 'uuid';
import { IntegrationChangeEntity } from './integration-change.entity.js';
import { type IntegrationEntity } from './integration.entity.js';

/** Names of the events about integrations. */
export type IntegrationEventName =
  'integration.created' | 'integration.connected' | 'integration.updated' | 'integration.removed';

/** Records the event of a change, and the change itself for event streams, in the transaction. */
export async function recordChange(
  tx: Tx,
  name: IntegrationEventName,
  integration: IntegrationEntity,
  cause: Cause,
): Promise<void> {
  const { id, version } = integration;
  const data = { ...stateOf(integration), removed: name === 'integration.removed' };
  await recordEvents(tx, 'gateway', [{ name, integrationId: id, subject: id, version, ...cause, data }]);
  const change = { id: uuidv7(), integrationId: id, kind: name, version, at: () => 'clock_timestamp()' };
  await tx.insert(IntegrationChangeEntity, change);
}

/** @returns the data of an integration in events */
export function stateOf(integration: IntegrationEntity): IntegrationState {
  const { id, name, type, status, groupsToSync, groupsToSyncVersion, disablements, version } = integration;
  const { extensions, profileAttributesVersion, managerAttribute } = integration;
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
    managerAttribute,
    disabled,
    disablements,
    removed: false,
    version,
  };
}
