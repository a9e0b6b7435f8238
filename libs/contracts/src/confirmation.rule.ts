import { Refusal } from './refusals.js';

/** What a change ends: how many, and the words for one. */
export interface Ending {
  count: number;
  /** For example `revoke`. */
  verb: string;
  /** For example `live grant`. Its plural ends with s. */
  noun: string;
}

/** A change that ends something, and how its caller confirms it. */
export interface Confirmable {
  title: string;
  name: string;
  place: 'query parameter' | 'field';
  ends: readonly Ending[];
}

/**
 * Requires the name of the changed object as a confirmation, but only if the change ends something. Call it in the
 * transaction of the change if it makes the change itself, so that a change of the numbers meanwhile is not missed.
 * @param change.title what the name is, for example `name of the access flow`
 * @param change.place where the caller gives it: `query parameter` or `field`
 * @param confirm as the caller sent it
 * @throws Refusal `conflict` with the numbers, when `confirm` is not the name
 */
export function requireConfirmation({ title, name, place, ends }: Confirmable, confirm: unknown): void {
  const parts = ends.filter(({ count }) => count > 0).map(words);
  if (parts.length === 0 || confirm === name) return;
  const last = parts.pop()!;
  const all = parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
  throw new Refusal(
    'conflict',
    `This would ${all}. To confirm it, repeat the call with the ${title} in the ${place} confirm.`,
  );
}

const words = ({ count, verb, noun }: Ending): string => `${verb} ${count} ${noun}${count === 1 ? '' : 's'}`;
