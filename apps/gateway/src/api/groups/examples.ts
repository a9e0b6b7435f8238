import { type GroupOwners } from '@tidegate/contracts';
import { BOB_REF, byDan, CREATED, GROUP, GROUP_NAME, INTEGRATION } from '../common/example-values.js';
import { type GroupView } from './group.view.js';
import { type SetOwnersBody } from './owners.dto.js';

export const GROUP_EXAMPLES = {
  GroupView: {
    id: GROUP,
    displayName: GROUP_NAME,
    externalId: null,
    synced: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies GroupView,
  SetOwnersBody: { userIds: [BOB_REF.userName] } satisfies SetOwnersBody,
  GroupOwners: {
    integrationId: INTEGRATION,
    groupId: GROUP,
    groupName: GROUP_NAME,
    owners: [
      {
        userId: BOB_REF.id,
        userName: BOB_REF.userName,
        userDisplayName: BOB_REF.displayName,
        active: true,
        addedBy: byDan,
        addedAt: CREATED,
      },
    ],
  } satisfies GroupOwners,
};
