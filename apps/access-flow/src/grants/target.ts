import { type Tx } from '@tidegate/database';

/** Membership of one user in one group. */
export interface Membership {
  integrationId: string;
  groupId: string;
  userId: string;
}

/** Where grants take effect. */
export interface Target {
  readonly name: string;
  /**
   * Adds or removes the membership; idempotent. Returns only after the target has confirmed it.
   * @param tx the transaction that updates the grants, for targets in the same database
   * @throws any error if the target did not confirm; the call is repeated until it succeeds
   */
  apply(tx: Tx, membership: Membership, desired: 'present' | 'absent'): Promise<void>;
}

/** Name of the target for Tidegate's own directory. */
export const DIRECTORY = 'directory';

/** Injection token of all targets. */
export const TARGETS = Symbol('TARGETS');
export type Targets = readonly Target[];
