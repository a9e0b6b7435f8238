import { newIntegration } from '../apps/gateway/test/harness.js';
import { type Directory, openDirectory } from './directory.js';

describe('a search in the directory over HTTP', () => {
  let directory: Directory;
  beforeAll(async () => (directory = await openDirectory()));
  afterAll(() => directory.close());

  it('finds what SCIM pushed into the integration, and nothing of another one', async () => {
    const { gateway } = directory;
    const [here, there] = [await newIntegration(gateway), await newIntegration(gateway)];
    const alice = { userName: 'alice', name: { givenName: 'Élise' }, emails: [{ value: 'a.archer@example.com' }] };
    for (const { scim } of [here, there]) {
      expect((await scim('POST', '/Users', alice)).statusCode).toBe(201);
      expect((await scim('POST', '/Groups', { displayName: 'Production' })).statusCode).toBe(201);
    }
    expect((await there.scim('POST', '/Users', { userName: 'alina' })).statusCode).toBe(201);
    const found = async (path: string) => {
      const page = (await gateway.api('GET', `/integrations/${here.id}/${path}`)).json<{
        items: { userName?: string; displayName: string | null }[];
        nextCursor: null;
      }>();
      expect(page.nextCursor).toBeNull();
      return page.items.map(({ userName, displayName }) => userName ?? displayName);
    };
    for (const search of ['AL', 'éli', 'A.ARCHER@'])
      expect(await found(`users?search=${encodeURIComponent(search)}`)).toEqual(['alice']);
    expect(await found('users?search=alin')).toEqual([]);
    expect(await found('groups?search=PROD')).toEqual(['Production']);
    expect(await found('groups?search=PROD&synced=false')).toEqual([]);
  });
});
