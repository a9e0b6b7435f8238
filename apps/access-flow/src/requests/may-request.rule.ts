import { FLOW_LIMITS, type FlowRecord, Refusal } from '@tidegate/contracts';
import { type Circumstances, obstacleTo, refusedFor } from '../flows/obstacle.rule.js';

/** @returns why this may not be asked for, or undefined when it may; everything that is not allowed is refused */
export function whyNotRequest(
  flow: FlowRecord,
  circumstances: Circumstances,
  durationSeconds: number,
): Refusal | undefined {
  const obstacle = obstacleTo(flow, circumstances);
  if (obstacle) return refusedFor(obstacle);
  const { shortestSeconds: shortest } = FLOW_LIMITS;
  const longest = flow.maxDurationSeconds;
  if (durationSeconds < shortest || durationSeconds > longest)
    return new Refusal('invalid', `durationSeconds must be ${shortest} to ${longest} in this access flow.`);
  return undefined;
}
