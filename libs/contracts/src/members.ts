import { isUuid } from './ids.js';

/** What a member of an envelope must be: the test, and the end of the sentence that names a fault. */
export type Member = readonly [fits: (value: unknown) => boolean, must: string];

export const isString = (value: unknown): value is string => typeof value === 'string';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const uuid: Member = [isUuid, 'must be a UUID'];
export const uuids: Member = [(value) => Array.isArray(value) && value.every(isUuid), 'must be a list of UUIDs'];
export const string: Member = [isString, 'must be a string'];
export const shortString: Member = [
  (value) => isString(value) && value.length <= 64,
  'must be a string of at most 64 characters',
];
export const time: Member = [
  (value) => isString(value) && !Number.isNaN(Date.parse(value)),
  'must be a time in ISO 8601',
];
export const integer: Member = [Number.isInteger, 'must be an integer number'];
export const flag: Member = [(value) => typeof value === 'boolean', 'must be a boolean value'];
export const digits: Member = [(value) => isString(value) && /^\d{1,15}$/.test(value), 'must be 1 to 15 digits'];
export const object: Member = [isObject, 'must be an object'];

export const optional = ([fits, must]: Member): Member => [(value) => value === undefined || fits(value), must];

/**
 * Checks an envelope against its table. A table and not decorated classes: this runs for every message, and
 * class-validator took 6 % of identity's time. Members that the table does not name are kept and not checked.
 * @returns the envelope
 * @throws Error that names every fault
 */
export function checkMembers<T extends object>(members: Readonly<Record<string, Member>>, envelope: unknown): T {
  if (!isObject(envelope)) throw new Error('The message is not a JSON object.');
  const faults = Object.entries(members)
    .filter(([name, [fits]]) => !fits(envelope[name]))
    .map(([name, [, must]]) => `${name} ${must}`);
  if (faults.length > 0) throw new Error(`The envelope breaks the contract: ${faults.join('; ')}.`);
  return envelope as T;
}
