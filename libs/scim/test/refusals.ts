import { ScimError } from '@tidegate/scim';

/** @returns what an act gives, or undefined when it is refused in SCIM words; whatever else it throws is thrown on */
export function unlessRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return undefined;
  }
}

/** @returns the code of an act's refusal, or `accepted`; whatever else it throws is thrown on */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ScimError) return error.code;
    throw error;
  }
  return 'accepted';
}

/** What the prototypes of everything hold, to be compared with what they held before. */
export const prototypes = (): unknown =>
  [Object, Array, String, Number, Boolean, Function, Map, Set, RegExp].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map((key) => [
      key,
      Reflect.get(Object.getOwnPropertyDescriptor(prototype, key)!, 'value') as unknown,
    ]),
  );
