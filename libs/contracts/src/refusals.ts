import { SCIM_ERRORS, type ScimErrorCode, ScimError } from '@tidegate/scim';

/**
 * Why a command was refused, beyond the reasons that RFC 7644 names: code → HTTP status.
 * `unavailable` and `deadline` mean that nothing is known to have happened: the caller may repeat the command.
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

/** A refusal that the caller is told: a stable code and a sentence that says what and why. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'Refusal';
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return this.code in REFUSALS
      ? REFUSALS[this.code as keyof typeof REFUSALS]
      : SCIM_ERRORS[this.code as ScimErrorCode].status;
  }

  /**
   * @param error anything that was thrown
   * @returns the refusal it stands for, or undefined when it is a fault of ours or of the infrastructure
   */
  static from(error: unknown): Refusal | undefined {
    if (error instanceof Refusal) return error;
    if (error instanceof ScimError) return new Refusal(error.code, error.detail);
    return undefined;
  }
}
