import { type Integration } from '../../integrations/integrations.queries.js';
import { scimBaseUrl } from '../../scim/scim-call.js';
import { type IntegrationView } from './integrations.dto.js';

/** @param origin scheme and host of the gateway, as the caller addressed it */
export function integrationView(integration: Integration, origin: string): IntegrationView {
  const {
    statusSince,
    connectedAt,
    lastSeenAt,
    createdAt,
    disablements: _,
    groupsToSyncVersion: __,
    profileAttributesVersion: ___,
    ...rest
  } = integration;
  return {
    ...rest,
    statusSince: statusSince.toISOString(),
    connectedAt: connectedAt?.toISOString() ?? null,
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    scimBaseUrl: scimBaseUrl(origin, integration.id),
    createdAt: createdAt.toISOString(),
  };
}
