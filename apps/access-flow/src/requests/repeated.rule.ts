import { type CreateRequest } from '@tidegate/contracts';
import { createHash } from 'node:crypto';

/** @returns a hash of what a request asks for, and of the member who makes it. A repeat with the same idempotency key must have the same. */
export function requestHash(data: CreateRequest & { memberId?: string }): string {
  const { flowId, userId, groupId, durationSeconds, justification, startsAt, memberId } = data;
  const asked = [flowId, userId, groupId, durationSeconds, justification, startsAt, memberId];
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

export const isRepeat = (earlier: { idempotencyHash: string | null }, hash: string): boolean =>
  earlier.idempotencyHash === hash;
