/** A used refresh token is accepted for this long, in case the response was lost. */
export const GRACE_MS = 10 * 60_000;

/** Maximum number of exchanges of one refresh token. */
export const MAX_EXCHANGES = 5;

/** The uses of a refresh token and its relatives. */
export interface RefreshTokenUse {
  /** Time of the first use. */
  consumedAt: Date | null;
  /** Whether a token that replaced it was used. */
  successorUsed: boolean;
  /** Whether another token that replaced the same one was used. */
  siblingUsed: boolean;
}

/**
 * Refresh tokens rotate; a second use indicates theft (RFC 9700 §4.14.2). But after a lost response Okta retries with the
 * same token. So a used token stays valid for the grace period until one of its successors is used. Each use issues another
 * successor; once one of them is used, its siblings are invalid, too.
 *
 * @returns whether the token is valid; otherwise its grant must be revoked
 */
export function canRefresh({ consumedAt, successorUsed, siblingUsed }: RefreshTokenUse, now: Date): boolean {
  if (successorUsed || siblingUsed) return false;
  return consumedAt === null || now.getTime() - consumedAt.getTime() < GRACE_MS;
}
