import { type FlowRecord, type RequestRecord } from '@tidegate/contracts';

/** @returns for how long a grant is made: what was requested, as far as the flow allows it when it is made */
export function grantedSeconds(
  { durationSeconds }: Pick<RequestRecord, 'durationSeconds'>,
  { maxDurationSeconds }: Pick<FlowRecord, 'maxDurationSeconds'>,
): number {
  return Math.min(durationSeconds, maxDurationSeconds);
}
