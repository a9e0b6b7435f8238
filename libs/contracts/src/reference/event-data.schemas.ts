import {
  type ApiKeyState,
  type EventDataTypes,
  GRANT_END_REASONS,
  GRANT_STATUSES,
  type GrantState,
  type GroupMembersChanged,
  type GroupState,
  INTEGRATION_STATUSES,
  type IntegrationState,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  NOTIFICATION_REASONS,
  REQUEST_KINDS,
  type Recipient,
  type RequestNotification,
  type RequestState,
  type UserProfile,
  type UserState,
} from '../event-data.js';
import { MANAGER_ATTRIBUTES } from '../profile.js';
import {
  flag,
  id,
  integer,
  listOf,
  type Fields,
  nullable,
  objectOf,
  type ObjectSchema,
  oneOf,
  optional,
  text,
  time,
} from './schema.js';

const version = integer(1, 'The version of the subject, as in `sequence`.');
const userId = id('Id of the user.');
const groupId = id('Id of the group.');
const requestId = id('Id of the request.');
const present = flag('Whether it is a member after the change.');

const USER: Fields<UserState> = {
  userId,
  userName: text('SCIM `userName`.'),
  displayName: nullable(text('SCIM `displayName`.')),
  externalId: nullable(text('SCIM `externalId`.')),
  active: flag('Whether the user is active. False for a deleted user.'),
  deleted: flag('Whether the user is deleted.'),
  deactivations: integer(0, 'Counts the changes from active to inactive and the deletion. A higher count ends grants.'),
  version,
};

const GROUP: Fields<GroupState> = {
  groupId,
  displayName: text('SCIM `displayName`.'),
  externalId: nullable(text('SCIM `externalId`.')),
  deleted: flag('Whether the group is deleted.'),
  synced: flag('Whether the group is one of the groups to sync. Only those can be requested.'),
  syncVersion: integer(
    0,
    'The version at which `synced` last changed; 1 if the group was always synced, 0 if never. ' +
      'A higher value ends earlier grants and invalidates members from events of a lower version.',
  ),
  version,
};

/** The schema of each data type. */
export const EVENT_DATA_SCHEMAS: Readonly<Record<keyof EventDataTypes, ObjectSchema>> = {
  IntegrationState: objectOf<IntegrationState>({
    integrationId: id('Id of the integration.'),
    name: text('The name that an administrator gave.'),
    type: text('The type of integration, such as `okta-scim`.'),
    status: oneOf(INTEGRATION_STATUSES, 'The status of the connection.'),
    groupsToSync: listOf({ type: 'string' }, 'The names of the groups to sync. An empty list means all groups.'),
    groupsToSyncVersion: integer(
      1,
      'The version in which `groupsToSync` was saved. A higher value means that all groups are matched again.',
    ),
    profileAttributes: listOf(
      { type: 'string' },
      'Canonical SCIM names of the extension attributes of users that access rules can use.',
    ),
    profileAttributesVersion: integer(0, 'The version in which `profileAttributes` was saved; 0 if never.'),
    managerAttribute: nullable(
      oneOf(
        MANAGER_ATTRIBUTES,
        'The attribute of a manager that `manager.value` of users contains; null if managers are not resolved.',
      ),
    ),
    disabled: flag('Whether an administrator disabled the integration.'),
    disablements: integer(0, 'Counts how often the integration was disabled. A higher count ends earlier grants.'),
    removed: flag('Whether the integration is removed.'),
    version,
  }),
  UserState: objectOf(USER),
  UserProfile: objectOf<UserProfile>({
    ...USER,
    attributes: {
      type: 'object',
      description: 'The attributes that access rules can use, by canonical SCIM name.',
      additionalProperties: { type: ['string', 'number', 'boolean'] },
    },
    attributesVersion: integer(
      0,
      '`profileAttributesVersion` of the integration when the profile was made. Compare it after `version`.',
    ),
  }),
  GroupState: objectOf(GROUP),
  GroupMembersChanged: objectOf<GroupMembersChanged>({
    ...GROUP,
    changes: listOf(objectOf<GroupMembersChanged['changes'][number]>({ userId, present }), 'Changed members: users.'),
    groupChanges: optional(
      listOf(
        objectOf<NonNullable<GroupMembersChanged['groupChanges']>[number]>({ groupId, present }),
        'Changed members: groups. Absent if there are none.',
      ),
    ),
    chunk: integer(0, 'The number of this chunk, from 0.'),
    chunks: integer(1, 'The number of chunks known at the time; exact in the last chunk.'),
  }),
  RequestState: objectOf<RequestState>({
    requestId,
    kind: oneOf(REQUEST_KINDS, '`extension`: a request to extend a grant.'),
    flowId: id('Id of the access flow.'),
    userId: id('Id of the user who gets the grant.'),
    groupId: id('Id of the requested group.'),
    status: oneOf(REQUEST_STATUSES, 'The status of the request.'),
    reason: nullable(oneOf(REQUEST_STATUS_REASONS, 'The reason for the cancellation, null if it is not cancelled.')),
    version,
  }),
  RequestNotification: objectOf<RequestNotification>({
    requestId,
    reason: oneOf(NOTIFICATION_REASONS, 'Why the notification is due.'),
    recipients: listOf(
      objectOf<Recipient>({
        kind: oneOf(['user', 'group', 'administrators'], 'What the recipients are.'),
        id: nullable(id('Id of the user or group, null for administrators.')),
      }),
      'The recipients. The members of a group are read when the notification is sent.',
    ),
    step: nullable(integer(0, 'Index of the step of the approval, null without steps.')),
    version,
  }),
  GrantState: objectOf<GrantState>({
    grantId: id('Id of the grant.'),
    requestId,
    userId: id('Id of the user who has the grant.'),
    groupId,
    status: oneOf(GRANT_STATUSES, 'The status of the grant.'),
    endReason: nullable(oneOf(GRANT_END_REASONS, 'The reason for the end, null before the end is decided.')),
    endsAt: time('The end of the grant.'),
    version,
  }),
  ApiKeyState: objectOf<ApiKeyState>({
    keyId: id('Id of the API key.'),
    scopes: nullable(listOf({ type: 'string' }, 'The scopes of the key. Null means all.')),
    integrationIds: nullable(
      listOf(
        { type: 'string', format: 'uuid' },
        'The integrations that the key can access. Null means all, also later ones.',
      ),
    ),
    expiresAt: nullable(time('The end of the key. Null means no end.')),
    revoked: flag('Whether the key is revoked.'),
    version,
  }),
};
