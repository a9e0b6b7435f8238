/**
 * The errors of SCIM: code → HTTP status and, where RFC 7644 §3.12 table 9 or RFC 9865 §2.1 (cursors) has one, the
 * scimType. The others are statuses of RFC 7644 §3.12 table 8 and of HTTP, without a scimType.
 */
export const SCIM_ERRORS = {
  invalidFilter: { status: 400, scimType: 'invalidFilter' },
  tooMany: { status: 400, scimType: 'tooMany' },
  uniqueness: { status: 409, scimType: 'uniqueness' },
  mutability: { status: 400, scimType: 'mutability' },
  invalidSyntax: { status: 400, scimType: 'invalidSyntax' },
  invalidPath: { status: 400, scimType: 'invalidPath' },
  noTarget: { status: 400, scimType: 'noTarget' },
  invalidValue: { status: 400, scimType: 'invalidValue' },
  invalidCursor: { status: 400, scimType: 'invalidCursor' },
  expiredCursor: { status: 400, scimType: 'expiredCursor' },
  invalidCount: { status: 400, scimType: 'invalidCount' },
  invalidVers: { status: 400, scimType: 'invalidVers' },
  sensitive: { status: 403, scimType: 'sensitive' },
  unauthorized: { status: 401 },
  forbidden: { status: 403 },
  notFound: { status: 404 },
  methodNotAllowed: { status: 405 },
  /** A reference inside a bulk request that cannot be resolved (RFC 7644 §3.7.1). */
  unresolved: { status: 409 },
  preconditionFailed: { status: 412 },
  tooLarge: { status: 413 },
  unsupportedType: { status: 415 },
  tooManyRequests: { status: 429 },
  internal: { status: 500 },
  notImplemented: { status: 501 },
} as const satisfies Record<string, { status: number; scimType?: string }>;

export type ScimErrorCode = keyof typeof SCIM_ERRORS;

export const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

const rowOf = (code: ScimErrorCode): { status: number; scimType?: string } => SCIM_ERRORS[code];

/** An error that is returned as a SCIM Error. The caller sees `detail`: it names attributes, never their values. */
export class ScimError extends Error {
  constructor(
    readonly code: ScimErrorCode,
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'ScimError';
  }

  /** The HTTP status of the response. */
  get status(): number {
    return rowOf(this.code).status;
  }

  /** The scimType of the response, or undefined when the RFC has none for this error. */
  get scimType(): string | undefined {
    return rowOf(this.code).scimType;
  }
}

/** The body of an error response (RFC 7644 §3.12), where `status` is a string. */
export type ScimErrorBody = { schemas: string[]; status: string; scimType?: string; detail: string };

/** @returns the Error body for a code. `detail` is a sentence for administrators. */
export function scimErrorBody(code: ScimErrorCode, detail: string): ScimErrorBody {
  const { status, scimType } = rowOf(code);
  return { schemas: [ERROR_URN], status: String(status), ...(scimType ? { scimType } : {}), detail };
}
