import { type CreateRequest } from '@tidegate/contracts';
import { createHash } from 'node:crypto';

/** @returns a hash of what a request asks for. A repeat with the same idempotency key must have the same. */
export function requestHash(data: CreateRequest): string {
  const { flowId, userId, groupId, durationSeconds, justification, startsAt } = data;
  const asked = [flowId, userId, groupId, durationSeconds, justification, startsAt];
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

export const isRepeat = (earlier: { idempotencyHash: string | null }, hash: string): boolean =>
  earlier.idempotencyHash === hash;
