/**
 * Deletes the oldest entry of a full Map or Set, to make room for a new one. Both keep the order of insertion: delete a key
 * before setting it again to make it the newest.
 * @param max maximum number of entries
 */
export function evictOldest(entries: Map<string, unknown> | Set<string>, max: number): void {
  const [oldest] = entries.size >= max ? entries.keys() : [];
  if (oldest !== undefined) entries.delete(oldest);
}
