/** @returns the creation time of a UUIDv7: its first 48 bits are milliseconds since 1970 (RFC 9562 §5.7) */
export function timeOf(id: string): Date {
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** @returns the smallest id of that time */
export function firstIdAt(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
