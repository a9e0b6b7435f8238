const ASCII = /^[\x20-\x7e]*$/;
/**
 * More consecutive combining marks than any language uses (the Stream-Safe Text Format, Unicode UAX #15 §13, allows 30).
 * Normalizing sorts them in quadratic time.
 */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/**
 * The key for case-insensitive comparison (RFC 7643 §2.2 caseExact false): NFC, then Unicode lower case without a locale,
 * with the final sigma as an ordinary one. Idempotent. Full Unicode case folding is not used, because it maps "ı" to "i"
 * and "ß" to "ss", and a lookup of one person could return another.
 * @param text as it was sent
 * @returns the key, for comparison and indexes, not for display
 */
export function foldCase(text: string): string {
  // Most names are ASCII, which needs no normalization: ten times as fast.
  if (ASCII.test(text)) return text.toLowerCase();
  const normalized = normalize(text).toLowerCase().replaceAll('ς', 'σ');
  return normalize(normalized);
}

/** NFC. Strings with too many consecutive marks are not normalized. */
const normalize = (text: string): string => (TOO_MANY_MARKS.test(text) ? text : text.normalize('NFC'));

export type Fold = (text: string) => string;

/** @returns `foldCase` with a cache, because one PATCH compares the same strings repeatedly */
export function cachedFold(): Fold {
  const keys = new Map<string, string>();
  return (text) => {
    const cached = keys.get(text);
    if (cached !== undefined) return cached;
    const key = foldCase(text);
    keys.set(text, key);
    return key;
  };
}

/** The key by which a userName is unique in its integration (RFC 7643 §4.1.1: not case-exact, unique). */
export function normalizedUserName(userName: string): string {
  return foldCase(userName);
}
