import { type OpenAPIObject } from '@nestjs/swagger';
import { Refusal } from '@tidegate/contracts';
import { EXAMPLES } from './openapi-examples.js';
import { type OperationTraits, problemContent, REFUSALS, refusalResponses } from './openapi-refusals.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];
type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']> & { 'x-scope'?: string };
type Responses = OperationObject['responses'];
interface Parameter {
  name: string;
  in: string;
  description?: string;
  schema?: object;
}
interface Media {
  schema?: unknown;
  example?: unknown;
  examples?: unknown;
}

/** Adds to each operation what follows from its parameters, body and scope: refusals, examples, security. */
export function completeDocument(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths))
    for (const method of METHODS) if (path[method]) complete(path[method], method, document);
  document.components = { ...document.components, responses: refusalResponses() };
}

function complete(operation: OperationObject, method: Method, document: OpenAPIObject): void {
  const { requestBody, 'x-scope': scope } = operation;
  const parameters = (operation.parameters ?? []) as Parameter[];
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  for (const parameter of inPath) describeId(parameter, operation.tags?.[0] ?? '');
  if (scope === undefined) operation.security = [{ cookie: [] }];
  const who = scope === undefined ? 'Only for logged-in persons.' : `Requires the scope \`${scope}\`.`;
  operation.description = `${operation.description}\n\n${who}`;
  if (requestBody && 'content' in requestBody) {
    requestBody.required = method === 'patch' || needsBody(requestBody.content, document);
    addExamples(requestBody.content);
  }
  for (const response of Object.values(operation.responses))
    if (response && 'content' in response && response.content) addExamples(response.content);
  operation.responses = withRefusals(operation.responses, {
    hasBody: requestBody !== undefined,
    hasParameters: parameters.length > inPath.length,
    hasPathParameters: inPath.length > 0,
    isRestricted: scope !== undefined || method !== 'get',
  });
}

/** Path parameters are ids, except the type in the catalog, which is documented in its controller. */
function describeId(parameter: Parameter, tag: string): void {
  const resource = parameter.name === 'id' ? tag.replace(/s$/, '') : parameter.name.replace(/Id$/, '');
  parameter.description ??= `Id of the ${NOUNS[resource] ?? resource}.`;
  if (!('enum' in (parameter.schema ?? {}))) parameter.schema = { type: 'string', format: 'uuid' };
}

const NOUNS: Readonly<Record<string, string>> = {
  'access-flow': 'flow',
  'access-request': 'request',
  'api-key': 'API key',
  'role-assignment': 'role assignment',
  'login-provider': 'login provider',
  me: 'session',
};

function withRefusals(responses: Responses, traits: OperationTraits): Responses {
  const { 409: conflict, ...others } = responses as Record<string, { description: string; content?: object }>;
  const common = Object.entries(REFUSALS)
    .filter(([, { applies }]) => applies(traits))
    .map(([name, { status }]) => [status, { $ref: `#/components/responses/${name}` }]);
  const conflicts = conflict && {
    409: { ...conflict, content: problemContent({ conflict: new Refusal('conflict', conflict.description) }) },
  };
  return { ...others, ...conflicts, ...Object.fromEntries(common) } as Responses;
}

/** @returns whether the schema of a body has required properties */
function needsBody(content: Record<string, Media>, { components }: OpenAPIObject): boolean {
  return Object.values(content).some(({ schema }) => {
    const name = nameOf(schema);
    const found = name === undefined ? undefined : components?.schemas?.[name];
    return found !== undefined && 'required' in found && (found.required ?? []).length > 0;
  });
}

function addExamples(content: Record<string, Media>): void {
  for (const media of Object.values(content)) {
    const example = exampleFor(media.schema);
    if (example !== undefined && media.example === undefined) media.example = example;
  }
}

function exampleFor(schema: unknown): unknown {
  const name = nameOf(schema);
  if (name !== undefined) return (EXAMPLES as Record<string, unknown>)[name];
  const items = (schema as { properties?: { items?: { items?: unknown } } }).properties?.items?.items;
  return items === undefined ? undefined : { items: [exampleFor(items)], nextCursor: null };
}

const nameOf = (schema: unknown): string | undefined =>
  (schema as { $ref?: string } | undefined)?.$ref?.split('/').at(-1);
