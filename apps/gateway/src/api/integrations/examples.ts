import { scimBaseUrl } from '../../scim/scim-call.js';
import {
  byDan,
  CREATED,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
  ORIGIN,
  REQUESTED,
} from '../common/example-values.js';
import {
  type Confirmation,
  type CreateIntegration,
  type EnabledIntegrationView,
  type GroupsToSync,
  type ImpactView,
  type IntegrationView,
  type SyncImpactView,
  type SavedIntegrationView,
  type UpdateIntegration,
} from './integrations.dto.js';

const extensions = {
  User: [
    {
      id: 'urn:example:scim:schemas:1.0:User',
      name: 'Example',
      attributes: [{ name: 'badge', type: 'string', usableInRules: true }],
    },
  ],
  Group: [],
};
const integrationSettings = {
  name: INTEGRATION_NAME,
  domain: 'acme.okta.com',
  groupsToSync: [GROUP_NAME, 'On-call'],
  disconnectedAfterSeconds: 604_800,
};
const integration: IntegrationView = {
  id: INTEGRATION,
  type: 'okta-scim',
  ...integrationSettings,
  dialect: 'okta',
  extensions,
  status: 'active',
  statusSince: REQUESTED,
  statusReason: { code: 'connected', detail: 'SCIM calls are being received.' },
  connectedAt: REQUESTED,
  lastSeenAt: '2026-11-23T22:43:00.000Z',
  scimBaseUrl: scimBaseUrl(ORIGIN, INTEGRATION),
  version: 2,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};

export const INTEGRATION_EXAMPLES = {
  CreateIntegration: { type: 'okta-scim', ...integrationSettings } satisfies CreateIntegration,
  UpdateIntegration: { groupsToSync: ['On-call'], confirm: INTEGRATION_NAME } satisfies UpdateIntegration,
  Confirmation: { confirm: INTEGRATION_NAME } satisfies Confirmation,
  GroupsToSync: { groupsToSync: ['On-call', 'Billing'] } satisfies GroupsToSync,
  IntegrationView: integration,
  SavedIntegrationView: {
    ...integration,
    groupsToSync: ['On-call'],
    version: 3,
    updatedBy: byDan,
    unmatchedGroups: [],
    warnings: [],
  } satisfies SavedIntegrationView,
  EnabledIntegrationView: {
    ...integration,
    status: 'warning',
    statusReason: {
      code: 'calls_missed',
      detail:
        'Calls were refused while the integration was disabled, and have not succeeded since. Retry the failed tasks of the ' +
        'identity provider, or dismiss the missed calls.',
    },
    version: 4,
    updatedBy: byDan,
    refusedWhileDisabled: {
      calls: 3,
      since: REQUESTED,
      operations: [
        { operation: 'list', calls: 1 },
        { operation: 'patch', calls: 2 },
      ],
      missedObjects: 2,
    },
  } satisfies EnabledIntegrationView,
  ImpactView: { users: 1_204, activeUsers: 1_180, liveGrants: 17, openRequests: 3 } satisfies ImpactView,
  SyncImpactView: {
    groupsJoining: 1,
    groupsLeaving: 4,
    liveGrants: 6,
    openRequests: 2,
    unmatched: ['Billing'],
  } satisfies SyncImpactView,
};
