const UNITS: readonly [unit: string, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** @returns a duration of seconds in the largest unit that divides it: "4 hours", "90 minutes" */
export function inWords(duration: number): string {
  const [unit, seconds] = UNITS.find(([, length]) => duration % length === 0) ?? UNITS[3]!;
  return counted(duration / seconds, unit);
}

/** @returns a number with its noun: "1 hour", "4 hours" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** @returns texts as a list: "a, b and c" */
export function listInWords(texts: readonly string[], word: 'and' | 'or' = 'and'): string {
  if (texts.length < 2) return texts[0] ?? '';
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;
}
