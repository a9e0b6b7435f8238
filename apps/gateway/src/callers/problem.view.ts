import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EXISTING_ACCESS_KINDS, type ExistingAccess as Existing } from '@tidegate/contracts';
import { OneOf, Text, Timestamp, Uuid } from '@tidegate/contracts/dto';
import { StepUpNeeded } from './access.rule.js';
import { refusalToSend } from '../http/errors.js';
import { InvalidFields } from '../http/invalid-fields.error.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Titles by status (RFC 9110 §15, RFC 9457 §3.1). */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The `type` of the error that a new login resolves (RFC 9457 §3.1.1). */
const STEP_UP_TYPE = 'urn:tidegate:problem:login-again';

export class FieldFault {
  @ApiProperty()
  field: string;
  @ApiProperty()
  message: string;
}

/** Paths of the API by kind. */
const PATHS: Readonly<Record<Existing['kind'], string>> = {
  grant: '/api/v1/grants',
  request: '/api/v1/access-requests',
};

/** The access because of which a request is refused. */
export class ExistingAccessView implements Existing {
  @OneOf(EXISTING_ACCESS_KINDS) kind: Existing['kind'];
  @Uuid() id: string;
  @Text('Path of the grant or request in this API.') href: string;
  @Timestamp('When the grant ends, or the pending request expires.') endsAt: string;
}

/** The body of an error response of /api/v1 (RFC 9457). */
export class Problem {
  @ApiProperty({ example: 'about:blank' })
  type: string;
  @ApiProperty({ example: 'Bad Request' })
  title: string;
  @ApiProperty({ example: 400 })
  status: number;
  @ApiProperty()
  detail: string;
  @ApiPropertyOptional({ description: 'Request id, as a URN.' })
  instance?: string;
  @ApiPropertyOptional({ type: [FieldFault] })
  errors?: readonly FieldFault[];
  @ApiPropertyOptional({
    type: ExistingAccessView,
    description: 'The live grant or pending request because of which a request is refused.',
  })
  existing?: ExistingAccessView;
}

/** @returns the problem details for an error; unknown errors become a 500 without details */
export function problemOf(error: unknown, requestId: string): Problem {
  const instance = `urn:tidegate:request:${requestId}`;
  if (error instanceof InvalidFields) return { ...problem(400, error.message), instance, errors: error.errors };
  const { status, detail, existing } = refusalToSend(error);
  if (error instanceof StepUpNeeded) return { ...problem(401, error.detail), type: STEP_UP_TYPE, instance };
  // Internal timeouts are 503, not 504: both mean that the client should retry.
  return {
    ...problem(status === 504 ? 503 : status, detail),
    instance,
    ...(existing && { existing: { ...existing, href: `${PATHS[existing.kind]}/${existing.id}` } }),
  };
}

const problem = (status: number, detail: string) => ({
  type: 'about:blank',
  title: TITLES[status] ?? 'Error',
  status,
  detail,
});
