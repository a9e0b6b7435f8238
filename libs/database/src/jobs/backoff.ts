const FIRST_SECONDS = 0.5;
const MAX_SECONDS = 60;
/** 0.5 s × 2⁷ exceeds the maximum. */
const MAX_DOUBLINGS = 7;
/** Attempts that failed together are repeated apart: each delay is multiplied by 0.8 to 1.2. */
const JITTER = 0.2;

/**
 * @param attempts failed attempts before this one
 * @returns the delay before the next attempt in milliseconds: 0.5 s, doubling up to 60 s, with jitter
 */
export function backoffMs(attempts: number): number {
  const seconds = FIRST_SECONDS * 2 ** Math.min(attempts, MAX_DOUBLINGS);
  return Math.min(MAX_SECONDS, seconds * (1 - JITTER + 2 * JITTER * Math.random())) * 1_000;
}

/**
 * @param attempts an SQL expression: failed attempts before this one
 * @returns an SQL expression of type interval with the delay of `backoffMs`
 */
export function backoffSql(attempts: string): string {
  return `make_interval(secs => least(${MAX_SECONDS},
    ${FIRST_SECONDS} * power(2, least(${attempts}, ${MAX_DOUBLINGS})) * (${1 - JITTER} + ${2 * JITTER} * random())))`;
}
