/** After this many 429 answers the task fails for good and needs an administrator. */
export const MAX_ATTEMPTS = 10;

const DEFAULT_WAIT_SECONDS = 300;

/**
 * How long Okta pauses a task after a 429 (https://developer.okta.com/docs/concepts/scim/, rate limits).
 *
 * @param retryAfter the `Retry-After` header; anything but whole seconds counts as five minutes
 * @param previousSeconds the wait before this one, or undefined after the first 429; each further 429 doubles it
 * @returns seconds to wait
 */
export function waitSeconds(retryAfter: string | undefined, previousSeconds: number | undefined): number {
  if (previousSeconds !== undefined) return previousSeconds * 2;
  return retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) : DEFAULT_WAIT_SECONDS;
}
