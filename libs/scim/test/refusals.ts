import { ScimError } from '@tidegate/scim';

/** @returns the result of `act`, or undefined when it throws a ScimError. @throws any other error of `act` */
export function unlessRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return undefined;
  }
}

/** @returns the code of the ScimError that `act` throws, or `accepted`. @throws any other error of `act` */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** @returns a snapshot of the built-in prototypes, to detect prototype pollution */
export const prototypes = (): unknown =>
  [Object, Array, String, Number, Boolean, Function, Map, Set, RegExp].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map((key) => [
      key,
      Reflect.get(Object.getOwnPropertyDescriptor(prototype, key)!, 'value') as unknown,
    ]),
  );
