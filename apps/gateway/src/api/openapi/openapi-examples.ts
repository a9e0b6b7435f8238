import {
  type Actor,
  type CreateFlow,
  type CreateRequest,
  type EffectiveMembership,
  type ExtendGrant,
  type FlowRecord,
  type GrantRecord,
  type RequestRecord,
  type Review,
  type UpdatedFlow,
  type UpdateFlow,
} from '@tidegate/contracts';
import { CATALOG } from '../../integrations/catalog.js';
import { oktaRedirectUris } from '../../config/redirect-uris.rule.js';
import { scimBaseUrl } from '../../scim/scim-call.js';
import { type ConnectionView, type EntryView } from '../activity/activity.dto.js';
import { type ApiKeyView, type CreateApiKey, type NewApiKeyView } from '../api-keys/api-keys.dto.js';
import { type IntegrationTypeView } from '../catalog/catalog.dto.js';
import { type GroupView } from '../groups/group.view.js';
import {
  type Confirmation,
  type CreateIntegration,
  type GroupsToSync,
  type ImpactView,
  type IntegrationView,
  type SyncImpactView,
  type UpdatedIntegrationView,
  type UpdateIntegration,
} from '../integrations/integrations.dto.js';
import {
  type CreateLoginProvider,
  type LoginProviderView,
  type UpdateLoginProvider,
} from '../login-providers/login-providers.dto.js';
import { type MeView, type SessionView } from '../me/me.dto.js';
import {
  type ClientSecretView,
  type CreateOAuthClient,
  type CreateSecret,
  type NewClientSecretView,
  type NewOAuthClientView,
  type OAuthClientView,
  type UpdateOAuthClient,
} from '../oauth-clients/oauth-clients.dto.js';
import { type CreateRoleAssignment, type RoleAssignmentView } from '../role-assignments/role-assignments.dto.js';
import { type CreateToken, type NewTokenView, type RotateToken, type TokenView } from '../tokens/tokens.dto.js';
import { type UserView } from '../users/user.view.js';

// alice requests, bob reviews, dan administers.
const ORIGIN = 'https://tidegate.example.com';
const INTEGRATION = '01a20a91-9f1a-762e-8330-4b3a2dcf66da';
const ALICE = '01a20a91-ad20-705e-bcec-ab8f81b43b77';
const BOB = '01a20a91-ad77-74a2-98b9-b272faa1f156';
const GROUP = '01a20a91-afc7-726e-bef1-a397e17d5072';
const FLOW = '01a20a91-bd6b-77d5-b0e8-c813945f1002';
const REQUEST = '01a20a92-34a6-7281-aed3-495c4bda9a9c';
const GRANT = '01a20a92-3535-7217-ac85-49557f2ecd39';
const KEY = '01a20a90-57c1-7f0d-9b7e-2f6a4f3a1c88';
const TOKEN = '01a21639-4e92-7106-865c-c648bd8eb35d';
const ISSUER = 'https://acme.okta.com';
const DAN = '00u1dan4dan4dan4dan4';
const CREATED = '2026-11-23T22:40:53.100Z';
const REQUESTED = '2026-11-23T22:41:23.622Z';
const APPROVED = '2026-11-23T22:43:10.749Z';
const ENDS = '2026-11-23T23:43:10.749Z';
const IN_A_YEAR = '2027-11-23T22:40:53.100Z';

const byDan: Actor = { kind: 'person', issuer: ISSUER, subject: DAN, network: '203.0.113.0/24' };
const byAlice: Actor = { kind: 'person', issuer: ISSUER, subject: '00u1alice4alice4alic', userId: ALICE };
const byBob: Actor = { kind: 'person', issuer: ISSUER, subject: '00u1bob4bob4bob4bob4', userId: BOB };

const flowSettings = {
  name: 'Production database',
  requesters: { kind: 'everyone' },
  groupIds: [GROUP],
  maxDurationSeconds: 14_400,
  approval: { kind: 'one_approver', approverIds: [BOB] },
} satisfies Partial<CreateFlow>;
const flow: FlowRecord = {
  id: FLOW,
  integrationId: INTEGRATION,
  ...flowSettings,
  enabled: true,
  version: 1,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};
const newRequest = {
  flowId: FLOW,
  userId: ALICE,
  groupId: GROUP,
  durationSeconds: 3_600,
  justification: 'INC-204',
} satisfies CreateRequest;
const grant: GrantRecord = {
  id: GRANT,
  grantId: GRANT,
  integrationId: INTEGRATION,
  requestId: REQUEST,
  userId: ALICE,
  groupId: GROUP,
  status: 'active',
  endReason: null,
  endsAt: ENDS,
  createdAt: APPROVED,
  activatedAt: '2026-11-23T22:43:10.788Z',
  revokingAt: null,
  endedAt: null,
  extendedBy: null,
  revokedBy: null,
  version: 2,
};
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
  name: 'Acme Okta',
  domain: 'acme.okta.com',
  groupsToSync: ['Production database', 'On-call'],
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
const token: TokenView = {
  id: TOKEN,
  hint: '1eca',
  description: 'Okta provisioning',
  status: 'active',
  createdAt: CREATED,
  expiresAt: IN_A_YEAR,
  lastUsedAt: null,
  lastUsedFrom: null,
  successorId: null,
  createdBy: byDan,
};
const newToken: NewTokenView = { ...token, token: 'tgs_01a216394e927106865cc648bd8eb35d_…_5e5b1eca' };
const secret: ClientSecretView = {
  id: '01a21640-11aa-7c3d-8f21-0c5d7b9e6a42',
  hint: 'x7Qd',
  createdAt: CREATED,
  createdBy: byDan,
};
const client: OAuthClientView = {
  clientId: '01a21640-0f7e-7b5a-9c12-6d1a8e4f2b90',
  grantType: 'authorization_code',
  appName: 'acme_tidegate_1',
  redirectUris: oktaRedirectUris('acme_tidegate_1'),
  secrets: [secret],
  authorizeUrl: `${ORIGIN}/oauth/${INTEGRATION}/authorize`,
  tokenUrl: `${ORIGIN}/oauth/${INTEGRATION}/token`,
  createdAt: CREATED,
  lastUsedAt: null,
  createdBy: byDan,
  updatedBy: null,
};
const entry: EntryView = {
  id: '01a21639-4e8b-70f6-8fbc-1191cc155493',
  answeredAt: '2026-11-26T04:59:44.139Z',
  operation: 'create',
  resourceType: 'User',
  targetId: null,
  result: 'refused',
  status: 409,
  scimType: 'uniqueness',
  detail: 'Another user has this userName.',
  durationMs: 14.3,
  requestId: '01a21639-4e7d-7742-a5c9-69372cdffdec',
  credential: { kind: 'token', id: TOKEN },
  clientNetwork: '203.0.113.0/24',
};
const key: ApiKeyView = {
  id: KEY,
  name: 'nightly report',
  hint: 'k3Zq',
  scopes: ['access:read', 'directory:read'],
  integrationIds: [INTEGRATION],
  maker: { kind: 'person', issuer: ISSUER, subject: DAN },
  status: 'active',
  createdAt: CREATED,
  expiresAt: '2027-01-01T00:00:00.000Z',
  lastUsedAt: null,
};
const loginSettings = { clientId: '0oa1tidegate', label: 'Okta', integrationIds: [INTEGRATION] };
const loginProvider: LoginProviderView = {
  id: '01a20a8f-3b77-7a10-a6d5-94e0d3c2b1f7',
  issuer: ISSUER,
  ...loginSettings,
  redirectUri: `${ORIGIN}/login/callback/01a20a8f-3b77-7a10-a6d5-94e0d3c2b1f7`,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};
const { fields, ...type } = CATALOG['okta-scim'];

/** The examples in the OpenAPI document, by the name of their schema. A test compares each with its schema. */
export const EXAMPLES = {
  CreateFlow: { integrationId: INTEGRATION, ...flowSettings } satisfies CreateFlow,
  UpdateFlow: { maxDurationSeconds: 7_200 } satisfies UpdateFlow,
  FlowRecord: flow,
  UpdatedFlow: {
    ...flow,
    maxDurationSeconds: 7_200,
    version: 2,
    updatedBy: byDan,
    cancelledRequests: 0,
  } satisfies UpdatedFlow,
  CreateRequest: newRequest,
  RequestRecord: {
    id: REQUEST,
    integrationId: INTEGRATION,
    ...newRequest,
    status: 'approved',
    statusReason: null,
    approval: flowSettings.approval,
    undecidable: false,
    reviews: [{ reviewerId: BOB, verdict: 'approve', comment: 'until noon', createdAt: APPROVED, reviewedBy: byBob }],
    requestedBy: byAlice,
    grantId: GRANT,
    createdAt: REQUESTED,
    expiresAt: '2026-11-30T22:41:23.622Z',
    version: 2,
  } satisfies RequestRecord,
  Review: { reviewerId: BOB, comment: 'until noon' } satisfies Review,
  GrantRecord: grant,
  ExtendGrant: { durationSeconds: 1_800 } satisfies ExtendGrant,

  CreateIntegration: { type: 'okta-scim', ...integrationSettings } satisfies CreateIntegration,
  UpdateIntegration: { groupsToSync: ['On-call'], confirm: 'Acme Okta' } satisfies UpdateIntegration,
  Confirmation: { confirm: 'Acme Okta' } satisfies Confirmation,
  GroupsToSync: { groupsToSync: ['On-call', 'Billing'] } satisfies GroupsToSync,
  IntegrationView: integration,
  UpdatedIntegrationView: {
    ...integration,
    groupsToSync: ['On-call'],
    version: 3,
    updatedBy: byDan,
    unmatchedGroups: [],
  } satisfies UpdatedIntegrationView,
  ImpactView: { users: 1_204, activeUsers: 1_180, liveGrants: 17, openRequests: 3 } satisfies ImpactView,
  SyncImpactView: {
    groupsJoining: 1,
    groupsLeaving: 4,
    liveGrants: 6,
    openRequests: 2,
    unmatched: ['Billing'],
  } satisfies SyncImpactView,
  IntegrationTypeView: {
    type: 'okta-scim',
    ...type,
    fields: fields.slice(0, 2).map(({ check: _, ...field }) => field),
  } satisfies IntegrationTypeView,

  CreateToken: { description: 'Okta provisioning' } satisfies CreateToken,
  RotateToken: { overlapSeconds: 3_600 } satisfies RotateToken,
  TokenView: token,
  NewTokenView: newToken,
  CreateOAuthClient: { appName: 'acme_tidegate_1' } satisfies CreateOAuthClient,
  UpdateOAuthClient: { appName: 'acme_tidegate_1' } satisfies UpdateOAuthClient,
  CreateSecret: {} satisfies CreateSecret,
  OAuthClientView: client,
  NewOAuthClientView: { ...client, clientSecret: '…x7Qd' } satisfies NewOAuthClientView,
  NewClientSecretView: { ...secret, clientSecret: '…x7Qd' } satisfies NewClientSecretView,

  EntryView: entry,
  ConnectionView: {
    ready: false,
    checkedAt: '2026-11-26T04:59:44.441Z',
    checks: [
      {
        name: 'group_push',
        state: 'missing',
        since: null,
        message: 'No group pushed yet. Choose the groups in Okta under "Push Groups".',
      },
    ],
    refusals: [
      {
        ...entry,
        advice:
          'Another user or group has this name. Find it in Tidegate, rename or remove it, then retry the task in Okta.',
      },
    ],
  } satisfies ConnectionView,

  UserView: {
    id: ALICE,
    userName: 'alice.archer@example.com',
    displayName: 'Alice Archer',
    externalId: '00uAliceArcher000000',
    active: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies UserView,
  GroupView: {
    id: GROUP,
    displayName: 'Production database',
    externalId: null,
    synced: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies GroupView,
  EffectiveMembership: {
    userId: ALICE,
    userName: 'alice.archer@example.com',
    groupId: GROUP,
    groupName: 'Production database',
    sources: ['grant'],
    endsAt: ENDS,
  } satisfies EffectiveMembership,

  CreateApiKey: {
    name: key.name,
    scopes: ['access:read', 'directory:read'],
    integrationIds: [INTEGRATION],
    expiresAt: '2027-01-01T00:00:00Z',
  } satisfies CreateApiKey,
  ApiKeyView: key,
  NewApiKeyView: { ...key, key: 'tgk_…k3Zq' } satisfies NewApiKeyView,
  CreateRoleAssignment: {
    integrationId: INTEGRATION,
    userId: BOB,
    role: 'auditor',
    integrationIds: [INTEGRATION],
  } satisfies CreateRoleAssignment,
  RoleAssignmentView: {
    id: '01a20a93-6c1f-7d28-8e4b-5a3f9b7c2d10',
    issuer: ISSUER,
    subject: '00u1bob4bob4bob4bob4',
    integrationId: INTEGRATION,
    userId: BOB,
    role: 'auditor',
    integrationIds: [INTEGRATION],
    effective: true,
    createdAt: CREATED,
    endedAt: null,
    createdBy: byDan,
  } satisfies RoleAssignmentView,
  CreateLoginProvider: { issuer: ISSUER, ...loginSettings, clientSecret: '…' } satisfies CreateLoginProvider,
  UpdateLoginProvider: { label: 'Acme' } satisfies UpdateLoginProvider,
  LoginProviderView: loginProvider,
  SessionView: {
    id: '01a20a94-2f5d-7c91-b3a8-7e6d5c4b3a29',
    current: true,
    createdAt: CREATED,
    lastUsedAt: REQUESTED,
    expiresAt: '2026-11-24T10:40:53.100Z',
  } satisfies SessionView,
  MeView: {
    issuer: ISSUER,
    subject: DAN,
    roles: { member: null, auditor: null, admin: null },
    users: {},
    authenticatedAt: CREATED,
    stepUpUntil: '2026-11-23T22:50:53.100Z',
  } satisfies MeView,
};
