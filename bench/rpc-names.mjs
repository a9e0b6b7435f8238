/** Begins the names of the queues that only the benchmark uses. */
export const PREFIX = 'bench.';
export const RAW_QUEUE = 'bench.raw';
/** How many commands a receiver has in hand at once. */
export const PREFETCH = 32;
