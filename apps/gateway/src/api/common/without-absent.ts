/** @returns `value` without properties that are undefined: they cannot be serialized */
export function withoutAbsent<T extends object>(value: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>;
}
