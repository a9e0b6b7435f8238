import { type ManagerReport, type Panic, type PanicResult } from '@tidegate/contracts';
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
  type PanicPreview,
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
  managerAttribute: 'id',
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
  ManagerReport: {
    managerAttribute: 'id',
    activeUsers: 1_180,
    withManagerValue: 1_150,
    attributes: [
      {
        attribute: 'id',
        resolved: 1_128,
        unknown: 20,
        ambiguous: 0,
        inactive: 2,
        self: 0,
        examples: [
          { value: 'bob@example.com', reason: 'unknown', users: 20 },
          { value: '01a20a91-9f1a-7a08-93f3-0d1f3f9d7a10', reason: 'inactive', users: 2 },
        ],
      },
    ],
  } satisfies ManagerReport,
  Panic: { liveGrants: 17, reason: 'The signing key of the identity provider leaked.' } satisfies Panic,
  PanicPreview: { liveGrants: 17, openRequests: 3 } satisfies PanicPreview,
  PanicResult: { revoked: 17, cancelledRequests: 3 } satisfies PanicResult,
  ImpactView: { users: 1_204, activeUsers: 1_180, liveGrants: 17, openRequests: 3 } satisfies ImpactView,
  SyncImpactView: {
    groupsJoining: 1,
    groupsLeaving: 4,
    liveGrants: 6,
    openRequests: 2,
    unmatched: ['Billing'],
  } satisfies SyncImpactView,
};
