import { Refusal } from '@tidegate/contracts';

/**
 * @param what the noun for the message: `access flow`
 * @throws Refusal `missing` for an undefined row
 */
export function requireFound<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Refusal('missing', `No such ${what}.`);
  return row;
}
