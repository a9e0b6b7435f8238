/** How long a refresh token that was used may come again, because the answer to its use was lost. */
export const GRACE_MS = 10 * 60_000;

/** How many pairs one refresh token is worth in all: more answers in a row are not lost. */
export const MOST_PAIRS = 5;

/** What became of a refresh token. */
export interface RefreshTokenUse {
  /** When it was first used. */
  consumedAt: Date | null;
  /** Whether a token that replaced it was used. */
  successorUsed: boolean;
  /** Whether another token that replaced the same one was used. */
  siblingUsed: boolean;
}

/**
 * Refresh tokens rotate: each is used once, and one that comes twice was stolen from somebody (RFC 9700 §4.14.2). But the
 * answer to a use may be lost, and Okta, which tries again with the token that it has, must not be cut off for that. So a
 * used token is still good for a while, as long as nobody showed to have what replaced it. Each of its uses gives another
 * successor; the first of these that is used is the one that arrived, and the others are worth as little as one used long ago.
 *
 * @returns whether the token is worth a new pair; otherwise its grant must end
 */
export function mayRefresh({ consumedAt, successorUsed, siblingUsed }: RefreshTokenUse, now: Date): boolean {
  if (successorUsed || siblingUsed) return false;
  return consumedAt === null || now.getTime() - consumedAt.getTime() < GRACE_MS;
}
