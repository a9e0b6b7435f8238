import { isUuid } from './ids.js';

/** The check of one field of an envelope, and the end of the sentence that describes a failure. */
export type Check = readonly [passes: (value: unknown) => boolean, must: string];

export const isString = (value: unknown): value is string => typeof value === 'string';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const uuid: Check = [isUuid, 'must be a UUID'];
export const uuids: Check = [(value) => Array.isArray(value) && value.every(isUuid), 'must be a list of UUIDs'];
export const string: Check = [isString, 'must be a string'];
export const shortString: Check = [
  (value) => isString(value) && value.length <= 64,
  'must be a string of at most 64 characters',
];
export const time: Check = [
  (value) => isString(value) && !Number.isNaN(Date.parse(value)),
  'must be a time in ISO 8601',
];
export const integer: Check = [Number.isInteger, 'must be an integer number'];
export const flag: Check = [(value) => typeof value === 'boolean', 'must be a boolean value'];
export const digits: Check = [(value) => isString(value) && /^\d{1,15}$/.test(value), 'must be 1 to 15 digits'];
export const object: Check = [isObject, 'must be an object'];

export const optional = ([passes, must]: Check): Check => [(value) => value === undefined || passes(value), must];

/**
 * Checks an envelope. It uses a table instead of decorated classes because it runs for every message, and class-validator
 * took 6 % of identity's CPU time. Fields that are not in the table are kept and not checked.
 * @param checks the checks by field
 * @param envelope the parsed message
 * @returns the envelope
 * @throws Error with all failed checks
 */
export function checkEnvelope<T extends object>(checks: Readonly<Record<string, Check>>, envelope: unknown): T {
  if (!isObject(envelope)) throw new Error('The message is not a JSON object.');
  const faults = Object.entries(checks)
    .filter(([name, [passes]]) => !passes(envelope[name]))
    .map(([name, [, must]]) => `${name} ${must}`);
  if (faults.length > 0) throw new Error(`The envelope breaks the contract: ${faults.join('; ')}.`);
  return envelope as T;
}
