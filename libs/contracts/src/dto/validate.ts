import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { conditionFaults } from '../conditions/condition-checks.js';
import { Refusal } from '../refusals.js';
import { CONDITION_RULE } from './conditions.js';

/** Options of class-validator for input from outside: a property that its class does not declare is refused. */
export const VALIDATION = { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true } as const;

/**
 * @param type a class whose properties have decorators of `fields.ts`
 * @param value the parsed JSON
 * @returns the instance of the class
 * @throws Refusal `invalid` that names each invalid field
 */
export function validated<T extends object>(type: new () => T, value: object): T {
  const instance = plainToInstance(type, value);
  const faults = faultsOf(validateSync(instance, VALIDATION));
  if (faults.length === 0) return instance;
  throw new Refusal('invalid', `${faults.map(([field, message]) => `${field} ${message}`).join('; ')}.`);
}

/** @returns one message per field; paths of nested fields have dots, and indexes in conditions brackets */
export function faultsOf(errors: readonly ValidationError[], parent = ''): [field: string, message: string][] {
  return errors.flatMap(({ property, value, constraints = {}, children = [] }): [string, string][] => {
    const field = parent + property;
    // class-validator has no paths below a property that one rule validates.
    const fault = CONDITION_RULE in constraints ? conditionFaults(value, field) : undefined;
    if (fault) return [fault];
    const [message] = Object.values(constraints);
    const own: [string, string][] = message ? [[field, message.replace(`${property} `, '')]] : [];
    return [...own, ...faultsOf(children, `${field}.`)];
  });
}
