import { SCIM_ERRORS, type ScimErrorCode, ScimError } from '@tidegate/scim';

/**
 * The codes of refusals in addition to the errors of RFC 7644 §3.12, with their HTTP status.
 * After `unavailable` and `deadline` the outcome is unknown, and the caller can repeat the command.
 */
export const REFUSALS = {
  notAllowed: 403,
  missing: 404,
  conflict: 409,
  invalid: 400,
  unavailable: 503,
  deadline: 504,
  internal: 500,
} as const;
export type RefusalCode = keyof typeof REFUSALS | ScimErrorCode;

/** The access because of which a request is refused: a live grant, or a pending request. */
export interface ExistingAccess {
  kind: 'grant' | 'request';
  id: string;
  /** When the grant ends, or the pending request expires. */
  endsAt: string;
}

/** The refusal of a command, returned to the caller: a stable code, and a sentence with the reason. */
export class Refusal extends Error {
  /** @param existing what the caller should look at instead */
  constructor(
    readonly code: RefusalCode,
    readonly detail: string,
    readonly existing?: ExistingAccess,
  ) {
    super(detail);
    this.name = 'Refusal';
  }

  /** The HTTP status of the code. */
  get status(): number {
    return this.code in REFUSALS
      ? REFUSALS[this.code as keyof typeof REFUSALS]
      : SCIM_ERRORS[this.code as ScimErrorCode].status;
  }

  /**
   * @param error anything that was thrown
   * @returns the refusal, or undefined for any other error
   */
  static from(error: unknown): Refusal | undefined {
    if (error instanceof Refusal) return error;
    if (error instanceof ScimError) return new Refusal(error.code, error.detail);
    return undefined;
  }
}
