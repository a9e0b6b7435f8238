/** A body or query of /api/v1 has invalid fields. */
export class InvalidFields extends Error {
  readonly errors: readonly { field: string; message: string }[];

  /** @param faults messages by field; undefined ones are ignored */
  constructor(faults: Readonly<Record<string, string | undefined>>) {
    super('Some fields are invalid.');
    this.name = 'InvalidFields';
    this.errors = Object.entries(faults).flatMap(([field, message]) => (message ? [{ field, message }] : []));
  }
}
