/** After this many 429 responses the task fails, and an administrator must retry it. */
export const MAX_ATTEMPTS = 10;

const DEFAULT_WAIT_SECONDS = 300;

/**
 * Computes the pause of a task after a 429 (https://developer.okta.com/docs/concepts/scim/, rate limits).
 *
 * @param retryAfter the `Retry-After` header; other values than whole seconds give five minutes
 * @param previousSeconds the previous pause, which doubles; undefined after the first 429
 * @returns seconds to wait
 */
export function waitSeconds(retryAfter: string | undefined, previousSeconds: number | undefined): number {
  if (previousSeconds !== undefined) return previousSeconds * 2;
  return retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : DEFAULT_WAIT_SECONDS;
}
