import { newIntegration, openGateway, type TestGateway } from './harness.js';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, { schema: Schema }> }> }>>;
  components: { schemas: Record<string, Schema> };
}

describe('items of lists of /api/v1', () => {
  let gateway: TestGateway;
  let document: Document;
  beforeAll(async () => {
    gateway = await openGateway();
    document = (await gateway.request('GET', '/api/v1/openapi.json')).json<Document>();
    const { id } = await newIntegration(gateway);
    await gateway.api('POST', '/api-keys', { name: 'ci', scopes: ['all'] });
    paths['/integrations/{integrationId}/tokens'] = `/integrations/${id}/tokens`;
  });
  afterAll(() => gateway.close());

  const paths: Record<string, string> = { '/integrations': '/integrations', '/api-keys': '/api-keys' };
  const resolved = (schema: Schema): Schema =>
    schema.$ref ? document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]! : schema;

  it.each(['/integrations', '/api-keys', '/integrations/{integrationId}/tokens'])(
    'have the documented properties and no other columns: %s',
    async (path) => {
      const { content } = document.paths[`/api/v1${path}`]!['get']!.responses['200']!;
      const page = resolved(content['application/json']!.schema);
      const documented = Object.keys(resolved(page.properties!['items']!.items!).properties!);
      const { items } = (await gateway.api('GET', paths[path]!)).json<{ items: object[] }>();
      expect(items.map((item) => Object.keys(item).sort())).toEqual([documented.sort()]);
    },
  );
});
