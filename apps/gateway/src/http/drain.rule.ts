/** Progress of writing to a connection. */
export interface WriteProgress {
  /** Bytes accepted by the operating system. */
  sent: number;
  /** Bytes still buffered. */
  pending: number;
}

/**
 * @param minBytes minimum progress between the two measurements
 * @returns whether the reader is too slow. Without buffered bytes it is not: the response is still being produced
 */
export function isTooSlow(before: WriteProgress, now: WriteProgress, minBytes: number): boolean {
  return before.pending > 0 && now.pending > 0 && now.sent - before.sent < minBytes;
}
