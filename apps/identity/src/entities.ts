import { IntegrationEntity } from './common/integration.entity.js';
import { DeletedGroupEntity } from './groups/deleted-group.entity.js';
import { GroupGroupEntity } from './groups/group-group.entity.js';
import { GroupMemberEntity } from './groups/group-member.entity.js';
import { GroupEntity } from './groups/group.entity.js';
import { SyncPassEntity } from './groups/sync-pass.entity.js';
import { SyncPublicationEntity } from './groups/sync-publication.entity.js';
import { ListBlockEntity } from './search/list-block.entity.js';
import { DeletedUserEntity } from './users/deleted-user.entity.js';
import { ProfilePassEntity } from './users/profile-pass.entity.js';
import { UserEmailEntity } from './users/user-email.entity.js';
import { UserEntity } from './users/user.entity.js';

/** The entities of all tables of identity, except those of libs/database. */
export const ENTITIES = [
  IntegrationEntity,
  UserEntity,
  DeletedUserEntity,
  UserEmailEntity,
  ProfilePassEntity,
  GroupEntity,
  DeletedGroupEntity,
  GroupMemberEntity,
  GroupGroupEntity,
  SyncPassEntity,
  SyncPublicationEntity,
  ListBlockEntity,
];
