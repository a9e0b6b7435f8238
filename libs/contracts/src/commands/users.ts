import { type PatchOperation, type ScimAttributes } from '@tidegate/scim';
import { type UserProfile, type UserState } from '../event-data.js';
import { type Call, type Done, type NoData } from './call.js';
import { type Page, type PageQuery } from './common.dto.js';
import { type Conditional, type ResourceRecord, type ScimListQuery, type ScimListReply } from './resources.js';

/** A user as identity stores it. `attributes` has no `id`, `meta` and `groups`. */
export interface UserRecord extends ResourceRecord {
  active: boolean;
  /** The pushed groups of the user, and the groups that contain these. */
  groups: { value: string; display: string; type: 'direct' | 'indirect' }[];
}

/** The maximum number of users in `users.deactivations`. */
export const DEACTIVATIONS_AT_ONCE = 500;

export interface UserCommands {
  'users.create': Call<{ attributes: ScimAttributes }, UserRecord>;
  'users.get': Call<{ id: string; withGroups?: boolean }, UserRecord>;
  'users.list': Call<ScimListQuery & { withGroups?: boolean }, ScimListReply<UserRecord>>;
  /** `groups` of the records is empty. */
  'users.page': Call<PageQuery, Page<UserRecord>>;
  'users.replace': Call<Conditional & { attributes: ScimAttributes }, UserRecord>;
  'users.patch': Call<Conditional & { operations: PatchOperation[] }, UserRecord>;
  'users.delete': Call<Conditional, Done>;
  /**
   * Compares `deactivations` of up to `DEACTIVATIONS_AT_ONCE` users. `changed` has the users with a higher value in
   * identity, `absent` the ids of users that do not exist.
   */
  'users.deactivations': Call<
    { users: { id: string; deactivations: number }[] },
    { changed: UserState[]; absent: string[] }
  >;
  /** The profiles of all users by id, without attributes for deleted users. */
  'users.statePage': Call<PageQuery, Page<UserProfile>>;
  /** The number of users of an integration. */
  'users.count': Call<NoData, { users: number; activeUsers: number }>;
}
