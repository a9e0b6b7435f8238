import { FLOW_LIMITS, type UnnamedFlow, Refusal } from '@tidegate/contracts';
import { type AccessInputs, findObstacle, refuseRequest } from '../policy/obstacle.rule.js';

/** @returns the Refusal of a new request, or undefined if it is allowed */
export function whyNotRequest(flow: UnnamedFlow, inputs: AccessInputs, durationSeconds: number): Refusal | undefined {
  const obstacle = findObstacle(flow, inputs);
  if (obstacle) return refuseRequest(obstacle);
  const { shortestSeconds: shortest } = FLOW_LIMITS;
  const longest = flow.maxDurationSeconds;
  if (durationSeconds < shortest || durationSeconds > longest)
    return new Refusal('invalid', `durationSeconds must be from ${shortest} to ${longest} for this access flow.`);
  return undefined;
}
