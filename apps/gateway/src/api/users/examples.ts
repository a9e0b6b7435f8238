import { type EffectiveMembership } from '@tidegate/contracts';
import { ALICE, ALICE_NAMES, CREATED, ENDS, GROUP, GROUP_NAME } from '../common/example-values.js';
import { type UserView } from './user.view.js';

export const USER_EXAMPLES = {
  UserView: {
    id: ALICE,
    userName: ALICE_NAMES.userName,
    displayName: ALICE_NAMES.userDisplayName,
    externalId: '00uAliceArcher000000',
    active: true,
    version: 1,
    createdAt: CREATED,
    lastModifiedAt: CREATED,
  } satisfies UserView,
  EffectiveMembership: {
    userId: ALICE,
    userName: ALICE_NAMES.userName,
    groupId: GROUP,
    groupName: GROUP_NAME,
    sources: ['grant'],
    endsAt: ENDS,
  } satisfies EffectiveMembership,
};
