import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;
interface Answer {
  $ref?: string;
  content?: Record<string, { schema: Json }>;
}
interface OpenApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
  components: { schemas: Record<string, Json>; responses: Record<string, Answer> };
}
interface Operation {
  method: string;
  path: RegExp;
  parameters: number;
  answers: Record<string, Answer>;
}

/** A response of /api/v1, and the request that it answers. */
export interface ApiResponse {
  method: string;
  url: string;
  status: number;
  contentType: string | undefined;
  text: string;
}

/** Compares responses of /api/v1 with its OpenAPI document. Schemas are compiled when they are first needed. */
export class ApiDocument {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false });
  private readonly operations: Operation[];
  private readonly shared: Record<string, Answer>;
  private readonly compiled = new Map<Json, ValidateFunction>();

  /** @param text the document as JSON */
  constructor(text: string) {
    const { paths, components } = JSON.parse(text) as OpenApiDocument;
    addFormats.default(this.ajv);
    for (const [name, schema] of Object.entries(components.schemas)) this.ajv.addSchema(closed(schema) as Json, name);
    this.shared = components.responses;
    this.operations = Object.entries(paths)
      .flatMap(([template, methods]) =>
        Object.entries(methods).map(([method, { responses }]) => ({
          method: method.toUpperCase(),
          path: new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
          parameters: template.split('{').length,
          answers: responses,
        })),
      )
      .sort((a, b) => a.parameters - b.parameters);
  }

  /**
   * Compares the body with the schema of its operation and status; a response without an operation must be a problem.
   * Properties that the schema does not have are differences. Only JSON is compared, and responses to HEAD have none.
   * @throws Error that lists the differences
   */
  check({ method, url, status, contentType = '', text }: ApiResponse): void {
    if (method === 'HEAD') return;
    const differences = this.differences(method, url.split('?')[0]!, status, contentType.split(';')[0]!, text);
    if (differences.length === 0) return;
    throw new Error(
      `The OpenAPI document differs from ${method} ${url}: ${status}\n${differences.join('\n')}\n${text.slice(0, 2_000)}`,
    );
  }

  private differences(method: string, path: string, status: number, type: string, text: string): string[] {
    const operation = this.operations.find((each) => each.method === method && each.path.test(path));
    const content = operation ? this.contentOf(operation.answers, status) : PROBLEM;
    if (!content) return text === '' ? [] : ['a body that is not documented'];
    const media = content[type];
    if (!media) return [`content type ${type || 'none'} instead of ${Object.keys(content).join()}`];
    if (!type.endsWith('json')) return [];
    const validate = this.validatorOf(media.schema);
    validate(JSON.parse(text));
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || 'body'} ${message} ${JSON.stringify(params)}`,
    );
  }

  private contentOf(answers: Record<string, Answer>, status: number): Answer['content'] {
    const { $ref, content } = answers[status] ?? answers.default!;
    return $ref === undefined ? content : this.shared[nameOf($ref)]!.content;
  }

  private validatorOf(schema: Json): ValidateFunction {
    const known = this.compiled.get(schema) ?? this.ajv.compile(closed(schema) as Json);
    this.compiled.set(schema, known);
    return known;
  }
}

const PROBLEM: Answer['content'] = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

const nameOf = ($ref: string): string => $ref.split('/').at(-1)!;

/** @returns the schema without examples, that refers to others by name and allows only documented properties */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, properties, ...others } = schema as Json & { properties?: Json };
  const rest = Object.entries(others).filter(([keyword]) => !NOT_COMPARED.has(keyword));
  return {
    ...Object.fromEntries(rest.map(([keyword, value]) => [keyword, closed(value)])),
    ...($ref === undefined ? {} : { $ref: nameOf($ref as string) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, closed(each)])),
      additionalProperties: others.additionalProperties ?? false,
    }),
  };
}

/** They say nothing about a response. */
const NOT_COMPARED = new Set(['description', 'example', 'examples', 'discriminator', 'default']);
