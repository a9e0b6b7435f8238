const SUSPICIOUS = /[\0\ud800-\udfff]/;

/** @returns false for a string with a NUL or an unpaired surrogate, which PostgreSQL cannot store */
export function isStorable(text: string): boolean {
  return !SUSPICIOUS.test(text) || !(text.includes('\0') || /\p{Surrogate}/u.test(text));
}

/** @returns whether the string has more UTF-8 bytes than the limit. A UTF-16 unit takes at most 3 bytes. */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length * 3 > limit && (text.length > limit || new TextEncoder().encode(text).length > limit);
}
