/** What a connection has taken of what was written to it. */
export interface Drain {
  /** Bytes that the system has taken. */
  taken: number;
  /** Bytes that it has not. */
  waiting: number;
}

/**
 * Whether a reader is too slow: bytes waited for it at both ends of a span, and it took fewer than `leastBytes` between
 * them. When nothing waits, the answer is still in the making, which is not the reader's fault.
 */
export function isTooSlow(before: Drain, now: Drain, leastBytes: number): boolean {
  return before.waiting > 0 && now.waiting > 0 && now.taken - before.taken < leastBytes;
}
