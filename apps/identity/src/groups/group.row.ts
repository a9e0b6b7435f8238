import { type MemberRecord } from '@tidegate/contracts';
import { type ScimAttributes } from '@tidegate/scim';

/** A row of `identity.groups`. Members are in `group_members` (users) and `group_groups` (groups). */
export interface GroupRow {
  integration_id: string;
  id: string;
  display_name: string;
  external_id: string | null;
  /** The result of `parseResource`, without `members`. */
  attributes: ScimAttributes;
  /** Whether the group is one of the groups to sync. */
  synced: boolean;
  /**
   * The version at which `synced` last changed. 1 for a group that was synced from its creation; 0 for a group that was
   * never synced, and for which no event was published.
   */
  sync_version: number;
  version: number;
  created_at: Date;
  last_modified_at: Date;
}

/** The columns of a `GroupRow`. */
export const GROUP_ROW = `integration_id, id, display_name, external_id, attributes, synced,
  sync_version::float8 AS sync_version, version::float8 AS version, created_at, last_modified_at`;

/** One membership that was added or removed. */
export interface MemberDifference {
  type: MemberRecord['type'];
  /** The id of the member, a user or a group. */
  id: string;
  /** True if the member was added, false if it was removed. */
  present: boolean;
}

/** The result of a change of members. */
export interface MemberEffect {
  changed: MemberDifference[];
  /** Ids to add that belong to no user and no group. */
  unknown: string[];
}
