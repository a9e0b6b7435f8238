import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import {
  ACTOR_KINDS,
  APPROVER_SOURCE_KINDS,
  APPROVER_TIERS,
  CONDITION_KINDS,
  EXISTING_ACCESS_KINDS,
  EXTENSION_APPROVALS,
  GRANT_END_REASONS,
  GRANT_STATUSES,
  ID_OPERATORS,
  INELIGIBLE_ACTIONS,
  INTEGRATION_STATUSES,
  MANAGER_ATTRIBUTES,
  MEMBERSHIP_SOURCES,
  QUORUMS,
  REQUEST_KINDS,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  OBSTACLE_CODES,
  REQUEST_STEP_STATUSES,
  TIMELINE_KINDS,
  REQUESTERS,
  UNRESOLVED_VALUES,
  TERM_OPERATORS,
  VERDICTS,
} from '@tidegate/contracts';
import { VARIANT_CLASSES } from '@tidegate/contracts/dto';
import { DIALECTS } from '@tidegate/scim';
import { CHECK_NAMES, CHECK_STATES } from '../src/activity/connection.rule.js';
import { OPERATIONS, RESOURCE_TYPES, RESULTS } from '../src/activity/operation.rule.js';
import * as closedSets from '../src/api/common/closed-sets.js';
import { KEY_STATUSES } from '../src/auth/api-key.rule.js';
import { ROLES, SCOPE_NAMES } from '../src/callers/roles.js';
import { INTEGRATION_TYPES } from '../src/integrations/catalog.js';
import { openGateway, type TestGateway } from './harness.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}
interface Media {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Answer {
  $ref?: string;
  description: string;
  content?: Record<string, Media>;
}
interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: { name: string; in: string; description?: string; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
  'x-scope'?: string;
}
interface Document {
  openapi: string;
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Answer>;
    securitySchemes: Record<string, { type: string; description: string }>;
  };
}

/** The properties and parameters that can have any string: names, references by id or name, texts, ids of other systems, secrets, URLs. */
const FREE_TEXT = new Set(
  `advice after appName approval approverId approverIds attribute authorizeUrl before canonicalValues choices clientId clientNetwork clientSecret code comment confirm
  credentialId cursor description detail displayName domain eligibility endComment example externalId field flowId flowName groupId groupIds groupName groupsToSync
  help hint href id Idempotency-Key idempotencyKey instance integrationName issuer
  job justification key keyId label labels lastUsedFrom Last-Event-ID logEventId message name network nextCursor ownerIds reason redirectUri
  redirectUris referenceTypes requestId reviewerId reviewerName scimBaseUrl search subject summary targetName text title token tokenUrl type unmatched unmatchedGroups
  userDisplayName userId userIds userName value values warnings yourReasons`.split(/\s+/),
);

describe('the OpenAPI document', () => {
  let gateway: TestGateway;
  let document: Document;
  let operations: [string, Operation][];
  beforeAll(async () => {
    gateway = await openGateway();
    document = (await gateway.request('GET', '/api/v1/openapi.json')).json<Document>();
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  });
  afterAll(() => gateway.close());

  /** @returns the names of the operations for which `isFaulty` is true */
  const faulty = (isFaulty: (operation: Operation, name: string) => boolean) =>
    operations.filter(([name, operation]) => isFaulty(operation, name)).map(([name]) => name);
  const resolve = (answer: Answer): Answer =>
    answer.$ref ? document.components.responses[answer.$ref.split('/').at(-1)!]! : answer;
  const answersOf = ({ responses }: Operation) =>
    Object.entries(responses).map(([status, answer]) => [status, resolve(answer)] as const);
  const hasExample = ({ example, examples }: Media) => example !== undefined || Object.keys(examples ?? {}).length > 0;
  const isSentence = (text: string | undefined) => /^[A-Z`].*\.$/s.test(text ?? '');

  it('names, groups and describes every operation', () => {
    expect(operations.length).toBeGreaterThan(60);
    expect(faulty(({ summary }) => !/^[A-Z][^.]+$/.test(summary))).toEqual([]);
    expect(faulty(({ description }) => !isSentence(description))).toEqual([]);
    expect(faulty(({ parameters }) => parameters.some(({ description }) => !isSentence(description)))).toEqual([]);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)*$/.test(id.replace('OAuth', 'Oauth')))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Map(document.tags.map(({ name, description }) => [name, description]));
    expect(new Set(operations.flatMap(([, operation]) => operation.tags))).toEqual(new Set(tags.keys()));
    expect([...tags.values()].filter((description) => !isSentence(description))).toEqual([]);
  });

  it('has a schema and an example for every body', () => {
    const media = ({ requestBody, ...operation }: Operation) => [
      ...Object.values(requestBody?.content ?? {}),
      ...answersOf(operation as Operation).flatMap(([, { content }]) => Object.values(content ?? {})),
    ];
    expect(faulty((operation) => media(operation).some((each) => !each.schema || !hasExample(each)))).toEqual([]);
    const successes = (operation: Operation) => answersOf(operation).filter(([status]) => status.startsWith('2'));
    expect(faulty((operation) => successes(operation).length !== 1)).toEqual([]);
    const isEmpty = (operation: Operation) => successes(operation).some(([, { content }]) => !content);
    expect(faulty((operation, name) => isEmpty(operation) && !/^DELETE |\/rebuild$/.test(name))).toEqual([]);
  });

  it('has the refusals of every operation, as problem details', () => {
    const refusals = (operation: Operation) => answersOf(operation).filter(([status]) => !status.startsWith('2'));
    const problem = { $ref: '#/components/schemas/Problem' };
    for (const [name, operation] of operations)
      for (const [status, { content, description }] of refusals(operation))
        expect([name, status, description, content]).toEqual([
          name,
          status,
          expect.stringMatching(/\.$/),
          { 'application/problem+json': expect.objectContaining({ schema: problem }) },
        ]);
    const statuses = (operationId: string) =>
      Object.keys(operations.find(([, operation]) => operation.operationId === operationId)![1].responses);
    expect(statuses('createFlow')).toEqual('201 400 401 403 409 413 415 429 503 default'.split(' '));
    expect(statuses('getMe')).toEqual('200 401 429 503 default'.split(' '));
    expect(statuses('revokeToken')).toEqual('204 401 403 404 429 503 default'.split(' '));
  });

  it('names the credentials and the scope of every operation', () => {
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-tidegate_session' },
    });
    expect(faulty(({ 'x-scope': scope, tags }) => (scope === undefined) !== tags.includes('me'))).toEqual([]);
    const scopes: readonly string[] = SCOPE_NAMES;
    expect(faulty(({ 'x-scope': scope }) => scope !== undefined && !scopes.includes(scope))).toEqual([]);
    const needs = ({ 'x-scope': scope }: Operation) =>
      scope === undefined ? [{ cookie: [] }] : [{ cookie: [] }, { bearer: [] }];
    for (const [name, operation] of operations)
      expect([name, operation.security]).toEqual([name, expect.arrayContaining(needs(operation))]);
    expect(faulty((operation) => operation.security.length !== needs(operation).length)).toEqual([]);
  });

  it('has an enum for every string with a closed set of values, from a constant of the code', () => {
    const free = new Set<string>();
    const enums: unknown[][] = [];
    const walk = (name: string, schema: Schema): void => {
      const { enum: values, items, properties = {}, oneOf = [], anyOf = [], allOf = [] } = schema;
      const isString = [schema.type].flat().includes('string');
      if (values) enums.push(values.filter((value) => value !== null));
      else if (isString && !['uuid', 'date-time'].includes(schema.format ?? '')) free.add(name);
      for (const each of [...(items ? [items] : []), ...oneOf, ...anyOf, ...allOf]) walk(name, each);
      for (const [property, each] of Object.entries(properties)) walk(property, each);
    };
    for (const [name, schema] of Object.entries(document.components.schemas)) walk(name, schema);
    for (const [, { parameters, requestBody, responses }] of operations) {
      for (const parameter of parameters) walk(parameter.name, parameter.schema);
      for (const { content } of [...(requestBody ? [requestBody] : []), ...Object.values(responses)])
        for (const [type, { schema }] of Object.entries(content ?? {}))
          if (type === 'application/json') walk('body', schema);
    }
    expect([...free].filter((name) => !FREE_TEXT.has(name))).toEqual([]);
    const constants: readonly (readonly string[])[] = [
      ...Object.values(closedSets),
      ...[GRANT_END_REASONS, GRANT_STATUSES, REQUEST_STATUS_REASONS, REQUEST_STATUSES, DIALECTS, INTEGRATION_TYPES],
      ...[CHECK_NAMES, CHECK_STATES, OPERATIONS, RESOURCE_TYPES, RESULTS, KEY_STATUSES, ROLES],
      ...[ACTOR_KINDS, EXISTING_ACCESS_KINDS, INTEGRATION_STATUSES, MEMBERSHIP_SOURCES, VERDICTS],
      ...[MANAGER_ATTRIBUTES, UNRESOLVED_VALUES],
      ...[...VARIANT_CLASSES.values()].map((kind) => [kind]),
      ['all', ...SCOPE_NAMES],
      ...CONDITION_KINDS.map((kind) => [kind]),
      ...[TERM_OPERATORS, ID_OPERATORS, REQUESTERS, EXTENSION_APPROVALS, INELIGIBLE_ACTIONS, QUORUMS],
      ...[APPROVER_SOURCE_KINDS, APPROVER_TIERS, REQUEST_KINDS, REQUEST_STEP_STATUSES],
      ...[OBSTACLE_CODES, TIMELINE_KINDS],
      ['user', 'group', 'administrators'],
    ];
    const known = new Set(constants.map((values) => values.join()));
    expect(enums.map((values) => values.join()).filter((values) => !known.has(values))).toEqual([]);
  });

  it('is valid for swagger-parser', async () => {
    const copy = structuredClone(document) as unknown as Parameters<typeof SwaggerParser.validate>[0];
    await expect(SwaggerParser.validate(copy)).resolves.toMatchObject({ openapi: '3.1.0' });
  });

  it('has no problems that Redocly CLI finds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-openapi-'));
    try {
      const path = join(folder, 'openapi.json');
      await writeFile(path, JSON.stringify(document));
      expect(await lint(path)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** @returns the problems that Redocly CLI finds with the rules of `redocly.yaml` */
async function lint(path: string): Promise<string[]> {
  const cli = createRequire(__filename).resolve('@redocly/cli/bin/cli.js');
  // It would otherwise report its use and look for newer versions of itself.
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const child = spawn(process.execPath, [cli, 'lint', path, '--config=redocly.yaml', '--format=json'], { env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((ended) => child.once('close', ended));
  const { problems } = JSON.parse(output) as {
    problems: { ruleId: string; message: string; location: { pointer?: string }[] }[];
  };
  return problems.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`);
}
