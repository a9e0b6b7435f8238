import { type Tx } from '@tidegate/database';

/** One user in one group: what a target puts into effect. */
export interface Membership {
  integrationId: string;
  groupId: string;
  userId: string;
}

/** Where grants take effect. */
export interface Target {
  readonly name: string;
  /**
   * Makes the membership be as desired; to find it so already is success. Returns only when that is sure.
   * @param tx the transaction that settles the grants, for a target that lives in the same database
   * @throws whatever keeps it from being so; it is tried again, for ever
   */
  apply(tx: Tx, membership: Membership, desired: 'present' | 'absent'): Promise<void>;
}

/** The target that is Tidegate's own directory. */
export const DIRECTORY = 'directory';
