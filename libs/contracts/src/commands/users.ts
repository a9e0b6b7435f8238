import { type PatchOperation, type ScimAttributes } from '@tidegate/scim';
import { type UserProfile, type UserState } from '../event-data.js';
import { type Done, fromAccessFlow, fromGateway, type NoData } from './command-rule.js';
import { type Page, type PageQuery, type SearchQuery } from './common.dto.js';
import { type Conditional, type ResourceRecord, type ScimListQuery, type ScimListReply } from './resources.js';

/** A user as identity stores it. `attributes` has no `id`, `meta` and `groups`. */
export interface UserRecord extends ResourceRecord {
  active: boolean;
  /** The pushed groups of the user, and the groups that contain these. */
  groups: { value: string; display: string; type: 'direct' | 'indirect' }[];
}

/** The maximum number of users in `users.deactivations`. */
export const DEACTIVATIONS_AT_ONCE = 500;

export const USER_COMMANDS = {
  'users.create': fromGateway.data<{ attributes: ScimAttributes }>().returns<UserRecord>(),
  'users.get': fromGateway.data<{ id: string; withGroups?: boolean }>().returns<UserRecord>(),
  'users.list': fromGateway.data<ScimListQuery & { withGroups?: boolean }>().returns<ScimListReply<UserRecord>>(),
  /** `groups` of the records is empty. */
  'users.page': fromGateway.data<SearchQuery>().returns<Page<UserRecord>>(),
  'users.replace': fromGateway.data<Conditional & { attributes: ScimAttributes }>().returns<UserRecord>(),
  'users.patch': fromGateway.data<Conditional & { operations: PatchOperation[] }>().returns<UserRecord>(),
  'users.delete': fromGateway.data<Conditional>().returns<Done>(),
  /**
   * Compares `deactivations` of up to `DEACTIVATIONS_AT_ONCE` users. `changed` has the users with a higher value in
   * identity, `absent` the ids of users that do not exist.
   */
  'users.deactivations': fromAccessFlow
    .data<{ users: { id: string; deactivations: number }[] }>()
    .returns<{ changed: UserState[]; absent: string[] }>(),
  /** The profiles of all users by id, without attributes for deleted users. */
  'users.statePage': fromAccessFlow.data<PageQuery>().returns<Page<UserProfile>>(),
  /** The number of users of an integration. */
  'users.count': fromGateway.data<NoData>().returns<{ users: number; activeUsers: number }>(),
};
