import { groupRecord, newIntegration, openGateway, type TestGateway, userRecord, wrongFields } from './harness.js';

describe('searches in the directory', () => {
  let gateway: TestGateway;
  let users: string;
  let groups: string;
  beforeAll(async () => {
    gateway = await openGateway();
    const { id } = await newIntegration(gateway);
    [users, groups] = [`/integrations/${id}/users`, `/integrations/${id}/groups`];
    Object.assign(gateway.transport.handlers, {
      'users.page': () => ({ items: [userRecord()], nextCursor: null }),
      'groups.page': () => ({ items: [groupRecord()], nextCursor: null }),
    });
  });
  afterAll(() => gateway.close());

  it('the text is sent to the directory unchanged, with the other parameters', async () => {
    expect((await gateway.api('GET', `${users}?search=${encodeURIComponent('Al%_\\ ')}&limit=1`)).statusCode).toBe(200);
    expect(gateway.transport.last('users.page').data).toEqual({ limit: 1, search: 'Al%_\\ ' });
    expect((await gateway.api('GET', `${groups}?search=prod&synced=false`)).statusCode).toBe(200);
    expect(gateway.transport.last('groups.page').data).toEqual({ limit: 50, search: 'prod', synced: false });
    expect((await gateway.api('GET', users)).statusCode).toBe(200);
    expect(gateway.transport.last('users.page').data).toEqual({ limit: 50 });
  });

  it('a text that is empty, too long, repeated or cannot be stored is refused', async () => {
    const asked = gateway.transport.asked.length;
    for (const path of [users, groups])
      for (const search of ['', 'x'.repeat(201), 'a%00', 'a&search=b'])
        expect(await wrongFields(gateway, 'GET', `${path}?search=${search}`)).toEqual(['search']);
    expect(gateway.transport.asked).toHaveLength(asked);
    expect((await gateway.api('GET', `${users}?search=${'é'.repeat(200)}`)).statusCode).toBe(200);
  });
});
