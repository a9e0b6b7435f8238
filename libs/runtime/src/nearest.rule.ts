/** @returns the candidate with the smallest edit distance to `given`; the first of several. @throws TypeError without candidates */
export function nearest(given: string, candidates: readonly string[]): string {
  return candidates.reduce((best, one) => (editDistance(given, one) < editDistance(given, best) ? one : best));
}

/** @returns the number of characters to insert, delete or replace to get `b` from `a` (Levenshtein distance) */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
