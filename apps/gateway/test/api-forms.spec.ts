import { v7 as uuidv7 } from 'uuid';
import { SCOPE_NAMES } from '../src/callers/roles.js';
import { API_KEY, newIntegration, openGateway, type TestGateway, type TestIntegration } from './harness.js';

interface Schema {
  $ref?: string;
  required?: string[];
}
interface Operation {
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

describe('what a first caller sends', () => {
  let gateway: TestGateway;
  let integration: TestIntegration;
  let document: Document;
  beforeAll(async () => {
    gateway = await openGateway();
    integration = await newIntegration(gateway);
    document = (await gateway.request('GET', '/api/v1/openapi.json')).json<Document>();
  });
  afterAll(() => gateway.close());

  const urlOf = (template: string) =>
    template.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'integrationId' ? integration.id : uuidv7()));

  it('an empty body is refused with every required field, for each operation', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody }]) => {
        const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
        const name = schema?.$ref?.split('/').at(-1);
        const required = (name ? document.components.schemas[name] : schema)?.required ?? [];
        return required.length > 0 ? [{ method: method.toUpperCase(), path, required }] : [];
      }),
    );
    expect(operations.length).toBeGreaterThan(7);
    // The root key lacks the scopes that a key must be given explicitly.
    const made = await gateway.api('POST', '/api-keys', { name: 'every scope', scopes: SCOPE_NAMES });
    const { key } = made.json<{ key: string }>();
    const results: unknown[] = [];
    for (const { method, path, required } of operations) {
      const answer = await gateway.request(method, urlOf(path), {
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        payload: '{}',
      });
      const { errors = [] } = answer.json<{ errors?: { field: string }[] }>();
      const named = errors.map(({ field }) => field);
      const unnamed = required.filter((name) => !named.includes(name));
      results.push([method, path, answer.statusCode, unnamed]);
    }
    expect(results).toEqual(operations.map(({ method, path }) => [method, path, 400, []]));
  });

  it('a malformed connection id gets the response of an unknown one, in the API and over SCIM', async () => {
    const api = Object.entries(document.paths).flatMap(([path, methods]) =>
      path.includes('{integrationId}') && 'get' in methods ? [path] : [],
    );
    const scim = ['/scim/v2/{integrationId}/Users', '/scim/v2/{integrationId}/ServiceProviderConfig'];
    expect(api.length).toBeGreaterThan(8);
    const responseTo = async (path: string, id: string) => {
      const url = urlOf(path.replace('{integrationId}', id));
      const { statusCode, body } = await gateway.request('GET', url, {
        headers: { authorization: `Bearer ${API_KEY}` },
      });
      return [path, statusCode, body.replaceAll(/urn:tidegate:request:[\w-]+/g, '').replaceAll(id, '')];
    };
    for (const path of [...api, ...scim])
      expect(await responseTo(path, 'malformed')).toEqual(await responseTo(path, uuidv7()));
  });
});
