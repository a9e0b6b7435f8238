import { type MemberRecord } from '@tidegate/contracts';
import { type ScimAttributes } from '@tidegate/scim';

/** A group as its table holds it; its members have tables of their own, users one and groups another. */
export interface GroupRow {
  integration_id: string;
  id: string;
  display_name: string;
  external_id: string | null;
  /** As `parseResource` gives them, without `members`. */
  attributes: ScimAttributes;
  /** Whether it is among the groups to sync. */
  synced: boolean;
  /** The version that made it so; 1 when it always was, 0 when it never was: then nobody was told of it. */
  sync_version: number;
  version: number;
  created_at: Date;
  last_modified_at: Date;
}

/** The columns of a `GroupRow`. */
export const GROUP_ROW = `integration_id, id, display_name, external_id, attributes, synced,
  sync_version::float8 AS sync_version, version::float8 AS version, created_at, last_modified_at`;

/** One membership that came or went. */
export interface MemberDifference {
  type: MemberRecord['type'];
  /** Of the user or group that is the member. */
  id: string;
  present: boolean;
}

/** What came of a change of members. */
export interface MemberEffect {
  changed: MemberDifference[];
  /** Those to be added that are no user and no group. */
  unknown: string[];
}
