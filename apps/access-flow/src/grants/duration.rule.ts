import { type FlowRecord, type RequestRecord } from '@tidegate/contracts';

/** @returns the duration of a new grant: the requested one, or the flow's current maximum if that is shorter */
export function grantedSeconds(
  { durationSeconds }: Pick<RequestRecord, 'durationSeconds'>,
  { maxDurationSeconds }: Pick<FlowRecord, 'maxDurationSeconds'>,
): number {
  return Math.min(durationSeconds, maxDurationSeconds);
}
