import { type EffectiveMembership } from '@tidegate/contracts';
import { ALICE, CREATED, ENDS, GROUP } from '../common/example-values.js';
import { type UserView } from './user.view.js';

export const USER_EXAMPLES = {
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
  EffectiveMembership: {
    userId: ALICE,
    userName: 'alice.archer@example.com',
    groupId: GROUP,
    groupName: 'Production database',
    sources: ['grant'],
    endsAt: ENDS,
  } satisfies EffectiveMembership,
};
