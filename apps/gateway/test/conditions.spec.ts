import { Body, Module, Post } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { type Condition } from '@tidegate/contracts';
import { ConditionField } from '@tidegate/contracts/dto';
import SwaggerParser from '@apidevtools/swagger-parser';
import { Api, Operation } from '../src/api/common/api.decorator.js';
import { describeApi } from '../src/api/openapi/openapi.js';
import { InvalidFields } from '../src/http/invalid-fields.error.js';
import { ApiDocument } from './api-document.js';

class Rule {
  @ConditionField({ description: 'The eligible users.' })
  eligibility: Condition;
}

@Api('rules', 'access-flows')
class Rules {
  @Post()
  @Operation('createRule', 'Create a rule', { description: 'Creates it.', returns: Rule, status: 201 })
  create(@Body() rule: Rule): Rule {
    return rule;
  }
}

@Module({ controllers: [Rules] })
class RulesModule {}

const everyone: Condition = { kind: 'everyone' };
const valid: Condition[] = [
  everyone,
  { kind: 'not', condition: { kind: 'any', conditions: [everyone, { kind: 'not', condition: everyone }] } },
  { kind: 'all', conditions: [{ kind: 'group', operator: 'in', values: ['Sales', 'Tax'], includeGrants: true }] },
  { kind: 'manager', operator: 'isNot', values: ['carol'] },
  { kind: 'attribute', attribute: 'title', operator: 'startsWith', values: ['Senior'] },
];

describe('a condition in a body of /api/v1', () => {
  let app: NestFastifyApplication;
  let text: string;
  const refused: unknown[] = [];
  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [RulesModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    app.useGlobalFilters({
      catch: (error, host) => {
        refused.push(error);
        return host.switchToHttp().getResponse<{ status: (s: number) => { send: () => void } }>().status(400).send();
      },
    });
    await app.init();
    text = describeApi(app, RulesModule);
  });
  afterAll(() => app.close());

  const post = (eligibility: unknown) =>
    app.inject({ method: 'POST', url: '/api/v1/rules', payload: { eligibility } as object });
  const difference = (eligibility: unknown) => () =>
    new ApiDocument(text).check({
      ...{ method: 'POST', url: '/api/v1/rules', status: 201, contentType: 'application/json' },
      text: JSON.stringify({ eligibility }),
    });

  it.each(valid)('is accepted, and its response is as documented: %j', async (condition) => {
    const response = await post(condition);
    expect([response.statusCode, response.json()]).toEqual([201, { eligibility: condition }]);
    expect(difference(condition)).not.toThrow();
  });

  it.each<[unknown, string]>([
    [
      { kind: 'all', conditions: [everyone, { kind: 'user', operator: 'is', values: [] }] },
      'eligibility.conditions[1].values',
    ],
    [{ kind: 'not', condition: { kind: 'unknown' } }, 'eligibility.condition.kind'],
    [undefined, 'eligibility'],
  ])('is refused with the path of the fault: %j at %s', async (condition, path) => {
    await post(condition);
    const error = refused.at(-1) as InvalidFields;
    expect(error).toBeInstanceOf(InvalidFields);
    expect(error.errors.map(({ field }) => field)).toEqual([path]);
  });

  it('has a recursive schema that knows all kinds, properties and operators', async () => {
    await expect(SwaggerParser.validate(JSON.parse(text) as never)).resolves.toMatchObject({ openapi: '3.1.0' });
    for (const invalid of [
      { kind: 'unknown' },
      { kind: 'not', condition: { kind: 'unknown' } },
      { kind: 'everyone', values: [] },
      { kind: 'all', conditions: [] },
      { kind: 'user', operator: 'contains', values: ['alice'] },
      { kind: 'user', operator: 'is', values: ['alice'], includeGrants: true },
      { kind: 'attribute', operator: 'is', values: ['alice'] },
    ])
      expect(difference(invalid)).toThrow('The OpenAPI document differs');
  });
});
