/** A body or query of /api/v1 with fields that do not fit. */
export class InvalidFields extends Error {
  readonly errors: readonly { field: string; message: string }[];

  /** @param faults what is wrong, by field; a field without a fault is left out */
  constructor(faults: Readonly<Record<string, string | undefined>>) {
    super('Some fields are not right.');
    this.name = 'InvalidFields';
    this.errors = Object.entries(faults).flatMap(([field, message]) => (message ? [{ field, message }] : []));
  }
}
