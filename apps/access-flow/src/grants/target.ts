import { type Cause } from '@tidegate/contracts';
import { type Job, type NewJob, type Tx } from '@tidegate/database';

/** Membership of one user in one group. */
export interface Membership {
  integrationId: string;
  groupId: string;
  userId: string;
}

/** Whether a target should have a membership. */
export type Desired = 'present' | 'absent';

/** A target in Tidegate's own database. */
export interface LocalTarget {
  readonly name: string;
  /**
   * Adds or removes the membership; idempotent.
   * @param tx the transaction that updates the grants
   * @throws any error; the call is repeated until it succeeds
   */
  apply(tx: Tx, membership: Membership, desired: Desired): Promise<void>;
}

/** A target in another system. */
export interface RemoteTarget {
  readonly name: string;
  /**
   * Adds or removes the membership, outside any transaction; idempotent. Returns only after the target has confirmed it.
   * @param signal is aborted when the call takes too long, and when the process stops
   * @throws any error if the target did not confirm; the call is repeated until it succeeds
   */
  call(membership: Membership, desired: Desired, signal: AbortSignal): Promise<void>;
}

/** Where grants take effect. */
export type Target = LocalTarget | RemoteTarget;

/** Name of the target for Tidegate's own directory. */
export const DIRECTORY = 'directory';

/** @returns the kind of a target's jobs */
export const targetKind = (target: string): string => `target.${target}`;

/**
 * @param urgent for a revocation
 * @returns the job that applies a membership to the directory. The desired state is not stored: it is read when the job runs.
 */
export function membershipJob({ integrationId, groupId, userId }: Membership, cause: Cause, urgent: boolean): NewJob {
  return { kind: targetKind(DIRECTORY), integrationId, key: `${groupId}/${userId}`, urgent, ...cause };
}

/** @returns the membership of a job by `membershipJob` */
export function membershipOf({ integrationId, key }: Pick<Job, 'integrationId' | 'key'>): Membership {
  const [groupId, userId] = key.split('/');
  if (!groupId || !userId) throw new Error(`no membership: ${key} (this is a bug)`);
  return { integrationId, groupId, userId };
}
