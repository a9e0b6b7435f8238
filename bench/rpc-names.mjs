/** Prefix of the names of the benchmark's queues. */
export const PREFIX = 'bench.';
export const RAW_QUEUE = 'bench.raw';
/** Commands that a receiver handles at a time. */
export const PREFETCH = 32;
