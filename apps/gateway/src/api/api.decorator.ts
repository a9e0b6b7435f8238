import {
  applyDecorators,
  Controller,
  Param,
  type PipeTransform,
  UsePipes,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiDefaultResponse, ApiTags } from '@nestjs/swagger';
import { isId, Refusal } from '@tidegate/contracts';
import { InvalidFields } from '../http/invalid-fields.js';
import { Problem } from '../callers/problem.js';

const validation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) => new InvalidFields(Object.fromEntries(faults(errors))),
});

/** A controller below /api/v1, with validation and documentation. Each method declares its own access rule. */
export function Api(path: string, tag = path): ClassDecorator {
  return applyDecorators(
    Controller(`api/v1/${path}`),
    UsePipes(validation),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiCookieAuth(),
    ApiDefaultResponse({ description: 'Error, as application/problem+json.', type: Problem }),
  );
}

/** Refuses malformed ids, which are never looked up. */
class IdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (isId(value)) return value;
    throw new Refusal('missing', 'No such resource.');
  }
}

/** A path parameter with an id. @throws Refusal `missing` when it is malformed */
export const Id = (name = 'id'): ParameterDecorator => Param(name, new IdPipe());

/** @returns one message per field; paths of nested fields have dots */
function faults(errors: readonly ValidationError[], parent = ''): [string, string][] {
  return errors.flatMap(({ property, constraints = {}, children = [] }): [string, string][] => {
    const field = parent + property;
    const [message] = Object.values(constraints);
    const own: [string, string][] = message ? [[field, message.replace(`${property} `, '')]] : [];
    return [...own, ...faults(children, `${field}.`)];
  });
}
