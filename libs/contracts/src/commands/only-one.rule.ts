import { Refusal } from '../refusals.js';

/**
 * @param fields properties of which `data` must have exactly one
 * @returns the name of that property
 * @throws Refusal `invalid` when `data` has none or several of them
 */
export function onlyOne<F extends string>(data: Partial<Record<F, unknown>>, fields: readonly F[]): F {
  const [present, ...others] = fields.filter((field) => data[field] !== undefined);
  if (present !== undefined && others.length === 0) return present;
  throw new Refusal('invalid', `Give exactly one of ${fields.slice(0, -1).join(', ')} and ${fields.at(-1)}.`);
}
