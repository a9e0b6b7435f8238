import { type IntegrationEntity } from '../../integrations/integration.entity.js';
import { scimBaseUrl } from '../../scim/scim-call.js';
import { type IntegrationView } from './integrations.dto.js';

/** @param origin scheme and host of the gateway, as the caller addressed it */
export function integrationView(integration: IntegrationEntity, origin: string): IntegrationView {
  return {
    id: integration.id,
    type: integration.type,
    name: integration.name,
    domain: integration.domain,
    groupsToSync: integration.groupsToSync,
    dialect: integration.dialect,
    extensions: integration.extensions,
    disconnectedAfterSeconds: integration.disconnectedAfterSeconds,
    status: integration.status,
    statusSince: integration.statusSince.toISOString(),
    statusReason: { code: integration.statusCode, detail: integration.statusDetail },
    connectedAt: integration.connectedAt?.toISOString() ?? null,
    lastSeenAt: integration.lastSeenAt?.toISOString() ?? null,
    scimBaseUrl: scimBaseUrl(origin, integration.id),
    version: integration.version,
    createdAt: integration.createdAt.toISOString(),
    createdBy: integration.createdBy,
    updatedBy: integration.updatedBy,
  };
}
