/** Progress of writing to a connection. */
export interface Drain {
  /** Bytes accepted by the operating system. */
  taken: number;
  /** Bytes still buffered. */
  waiting: number;
}

/**
 * @param leastBytes minimum progress between the two measurements
 * @returns whether the reader is too slow. Without buffered bytes it is not: the response is still being produced
 */
export function isTooSlow(before: Drain, now: Drain, leastBytes: number): boolean {
  return before.waiting > 0 && now.waiting > 0 && now.taken - before.taken < leastBytes;
}
