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
import { Problem } from '../http/problem.js';

const validation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  exceptionFactory: (errors) => new InvalidFields(Object.fromEntries(faults(errors))),
});

/** A controller of the admin API: its path below /api/v1, its checks and its documentation. Who may use it, each method declares. */
export function Api(path: string, tag = path): ClassDecorator {
  return applyDecorators(
    Controller(`api/v1/${path}`),
    UsePipes(validation),
    ApiTags(tag),
    ApiBearerAuth(),
    ApiCookieAuth(),
    ApiDefaultResponse({ description: 'Any refusal, as application/problem+json.', type: Problem }),
  );
}

/** Takes what can be an id; any other text is the id of nothing. */
class KnownId implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (isId(value)) return value;
    throw new Refusal('missing', 'There is nothing with this id.');
  }
}

/** An id in the path. @throws Refusal `missing` when it can be none */
export const Id = (name = 'id'): ParameterDecorator => Param(name, new KnownId());

/** One sentence a field, the path of nested ones with dots. */
function faults(errors: readonly ValidationError[], parent = ''): [string, string][] {
  return errors.flatMap(({ property, constraints = {}, children = [] }): [string, string][] => {
    const field = parent + property;
    const [message] = Object.values(constraints);
    const own: [string, string][] = message ? [[field, message.replace(`${property} `, '')]] : [];
    return [...own, ...faults(children, `${field}.`)];
  });
}
