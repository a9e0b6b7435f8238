import { STATUS_CODES } from 'node:http';
import {
  applyDecorators,
  Controller,
  HttpCode,
  Param,
  type PipeTransform,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCookieAuth,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { isId, Refusal } from '@tidegate/contracts';
import { faultsOf, VALIDATION } from '@tidegate/contracts/dto';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { Problem } from '../../callers/problem.view.js';

const validation = new ValidationPipe({
  ...VALIDATION,
  transform: true,
  exceptionFactory: (errors) => new InvalidFields(Object.fromEntries(faultsOf(errors))),
});

/** A controller below /api/v1, with validation and documentation. Each method declares its own access rule. */
export function Api(path: string, tag = path): ClassDecorator {
  return applyDecorators(
    Controller(`api/v1/${path}`),
    UsePipes(validation),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiCookieAuth(),
    ApiExtraModels(Problem),
  );
}

/** Why an operation that removes rights is refused with 409. */
export const LAST_ADMINISTRATOR = 'This would remove the last administrator. Make someone else an administrator first.';

type View = new () => object;

interface OperationOptions {
  description: string;
  /** The schema of the response. */
  returns?: View;
  /** The schema of the items of a page: `{items, nextCursor}`. */
  page?: View;
  /** Status of the response. Default: 200, or 204 if it has no body. */
  status?: number;
  /** When the operation is refused with 409. `openapi.ts` adds the other refusals. */
  conflict?: string;
}

/**
 * Documents a method of a controller, and sets the status of its response.
 * @param operationId unique; names the operation in generated clients, so it must not change
 */
export function Operation(
  operationId: string,
  summary: string,
  { description, returns, page, conflict, status = returns || page ? 200 : 204 }: OperationOptions,
): MethodDecorator {
  const body = page ? { schema: pageOf(page) } : returns ? { type: returns } : {};
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId, summary, description }),
    ApiResponse({ status, description: STATUS_CODES[status] ?? '', ...body }),
    ...(page ? [ApiExtraModels(page)] : []),
    ...(conflict ? [ApiResponse({ status: 409, description: conflict })] : []),
  );
}

function pageOf(item: View) {
  const items = { type: 'array', items: { $ref: getSchemaPath(item) } };
  const nextCursor = {
    type: 'string',
    nullable: true,
    description: 'Cursor for the next page; null on the last page.',
  };
  return { type: 'object', properties: { items, nextCursor }, required: ['items', 'nextCursor'] };
}

/** The same as for an unknown integration. */
const NO_INTEGRATION = 'No such integration.';

/** Refuses malformed ids, which are never looked up. */
class IdPipe implements PipeTransform<unknown, string> {
  constructor(private readonly detail: string) {}

  transform(value: unknown): string {
    if (isId(value)) return value;
    throw new Refusal('missing', this.detail);
  }
}

/** A path parameter with an id. @throws Refusal `missing` when it is malformed */
export const Id = (name = 'id'): ParameterDecorator =>
  Param(name, new IdPipe(name === 'integrationId' ? NO_INTEGRATION : 'No such resource.'));
