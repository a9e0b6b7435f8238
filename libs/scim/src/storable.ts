const SUSPICIOUS = /[\0\ud800-\udfff]/;

/** @returns false for text with a NUL or half of a surrogate pair: no UTF-8 database can hold it. */
export function isStorable(text: string): boolean {
  return !SUSPICIOUS.test(text) || !(text.includes('\0') || /\p{Surrogate}/u.test(text));
}

/** @returns whether the text is longer in UTF-8 than the limit, in bytes. A UTF-16 unit takes 3 bytes at most. */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length * 3 > limit && (text.length > limit || new TextEncoder().encode(text).length > limit);
}
