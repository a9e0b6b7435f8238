import { timeOf } from '../../activity/id-time.rule.js';
import { type RefusedCount } from '../../activity/missed-calls.queries.js';
import { type IntegrationEntity } from '../../integrations/integration.entity.js';
import { scimBaseUrl } from '../../scim/scim-call.js';
import { type NameActor } from '../common/user-names.service.js';
import { type EnabledIntegrationView, type IntegrationView } from './integrations.dto.js';

/**
 * @param origin scheme and host of the gateway, as the caller addressed it
 * @param named adds the names of users to actors; without it, the actors have none
 */
export function integrationView(
  integration: IntegrationEntity,
  origin: string,
  named: NameActor = (_, actor) => actor,
): IntegrationView {
  return {
    id: integration.id,
    type: integration.type,
    name: integration.name,
    domain: integration.domain,
    groupsToSync: integration.groupsToSync,
    dialect: integration.dialect,
    extensions: integration.extensions,
    managerAttribute: integration.managerAttribute,
    disconnectedAfterSeconds: integration.disconnectedAfterSeconds,
    status: integration.status,
    statusSince: integration.statusSince.toISOString(),
    statusReason: { code: integration.statusCode, detail: integration.statusDetail },
    connectedAt: integration.connectedAt?.toISOString() ?? null,
    lastSeenAt: integration.lastSeenAt?.toISOString() ?? null,
    scimBaseUrl: scimBaseUrl(origin, integration.id),
    version: integration.version,
    createdAt: integration.createdAt.toISOString(),
    createdBy: named(integration.id, integration.createdBy),
    updatedBy: named(integration.id, integration.updatedBy),
  };
}

/** @param refused by operation */
export function refusedView({
  refused,
  missedObjects,
}: {
  refused: readonly RefusedCount[];
  missedObjects: number;
}): EnabledIntegrationView['refusedWhileDisabled'] {
  const [first] = refused.map((each) => each.first).sort();
  return {
    calls: refused.reduce((sum, { calls }) => sum + calls, 0),
    since: first === undefined ? null : timeOf(first).toISOString(),
    operations: refused.map(({ operation, calls }) => ({ operation, calls })),
    missedObjects,
  };
}
