import { type MemberRecord } from '@tidegate/contracts';

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
