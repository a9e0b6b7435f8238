import { AppliedCommandEntity } from './common/applied-command.entity.js';
import { DirectoryMembershipEntity } from './directory/directory-membership.entity.js';
import { GroupOwnerEntity } from './directory/group-owner.entity.js';
import { GroupEntity } from './directory/group.entity.js';
import { IntegrationEntity } from './directory/integration.entity.js';
import { MemberEntity } from './directory/member.entity.js';
import { UserProfileEntity } from './directory/user-profile.entity.js';
import { UserEntity } from './directory/user.entity.js';
import { GrantEntity } from './grants/grant.entity.js';
import { RebuildEntity } from './offboarding/rebuild.entity.js';
import { FlowVersionEntity } from './policy/flow-version.entity.js';
import { FlowEntity } from './policy/flow.entity.js';
import { RequestApproverEntity } from './requests/request-approver.entity.js';
import { RequestEntryEntity } from './requests/request-entry.entity.js';
import { RequestEntity } from './requests/request.entity.js';
import { ReviewEntity } from './requests/review.entity.js';

/** The entities of access-flow's tables. */
export const ENTITIES = [
  AppliedCommandEntity,
  DirectoryMembershipEntity,
  FlowEntity,
  FlowVersionEntity,
  GrantEntity,
  GroupEntity,
  GroupOwnerEntity,
  IntegrationEntity,
  MemberEntity,
  RebuildEntity,
  RequestApproverEntity,
  RequestEntity,
  RequestEntryEntity,
  ReviewEntity,
  UserEntity,
  UserProfileEntity,
];
