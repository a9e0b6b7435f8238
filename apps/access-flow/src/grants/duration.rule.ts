import { type UnnamedFlow } from '@tidegate/contracts';

/** @returns the duration of a new grant: the approved one, or the flow's current maximum if that is shorter */
export function grantedSeconds(
  approvedSeconds: number,
  { maxDurationSeconds }: Pick<UnnamedFlow, 'maxDurationSeconds'>,
): number {
  return Math.min(approvedSeconds, maxDurationSeconds);
}
