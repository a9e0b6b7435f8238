const ASCII = /^[\x20-\x7e]*$/;
/**
 * More combining marks in a row than any language writes (Unicode UAX #15 §13, the Stream-Safe Text Format, allows 30).
 * Normalizing sorts them, at a cost that grows with the square of their number.
 */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/**
 * The key under which two texts are the same without regard to case (RFC 7643 §2.2 caseExact false).
 *
 * NFC, then the lower case of Unicode without any locale, with the final sigma made an ordinary one. Deliberately not
 * the full case folding of Unicode: that makes "ı" an "i" and "ß" an "ss", and so would answer the lookup of one
 * person with another. Folding twice gives what folding once gives.
 * @param text as it was sent
 * @returns the key; to compare and to index, never to show
 */
export function foldCase(text: string): string {
  // Most names are ASCII, which has nothing to normalize: this is ten times as fast.
  if (ASCII.test(text)) return text.toLowerCase();
  const normalized = normalize(text).toLowerCase().replaceAll('ς', 'σ');
  return normalize(normalized);
}

/** NFC. Text with more marks in a row than any language writes is compared as it is. */
const normalize = (text: string): string => (TOO_MANY_MARKS.test(text) ? text : text.normalize('NFC'));

export type Fold = (text: string) => string;

/** @returns `foldCase` with a memory: within one PATCH the same text is compared again and again. */
export function rememberingFold(): Fold {
  const keys = new Map<string, string>();
  return (text) => {
    const known = keys.get(text);
    if (known !== undefined) return known;
    const key = foldCase(text);
    keys.set(text, key);
    return key;
  };
}

/** The key under which a userName is unique in its integration (RFC 7643 §4.1.1: not case-exact, unique). */
export function normalizedUserName(userName: string): string {
  return foldCase(userName);
}
