import { type UnnamedFlow, type UnnamedRequest } from '@tidegate/contracts';

/** @returns the duration of a new grant: the requested one, or the flow's current maximum if that is shorter */
export function grantedSeconds(
  { durationSeconds }: Pick<UnnamedRequest, 'durationSeconds'>,
  { maxDurationSeconds }: Pick<UnnamedFlow, 'maxDurationSeconds'>,
): number {
  return Math.min(durationSeconds, maxDurationSeconds);
}
