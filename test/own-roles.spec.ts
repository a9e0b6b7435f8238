import { amqpTests, eventually } from '@tidegate/testing';
import pg from 'pg';
import { send } from './http.js';
import { API_KEY, startSystem, type System } from './system.js';

amqpTests('services with only the URL of their own role', () => {
  let system: System;
  beforeAll(async () => void (system = await startSystem({ ownRoles: true })));
  afterAll(() => system?.stop());

  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const call = (method: string, path: string, body?: object) =>
    send(method, `${system.baseUrl}/api/v1${path}`, headers, body && JSON.stringify(body));

  async function connectedRoles(): Promise<string[]> {
    const owner = new pg.Client(system.database.url);
    await owner.connect();
    const { rows } = await owner.query<{ usename: string }>(
      `SELECT DISTINCT usename FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY usename`,
    );
    await owner.end();
    return rows.map(({ usename }) => usename);
  }

  it('work with all three schemas, and connect only with their own roles', async () => {
    const settings = { type: 'okta-scim', name: 'Acme', domain: 'acme.okta.com' };
    const { body: integration } = await call('POST', '/integrations', settings);
    const { id, scimBaseUrl } = integration as { id: string; scimBaseUrl: string };
    const { body: made } = await call('POST', `/integrations/${id}/tokens`, {});
    const scim = {
      authorization: `Bearer ${(made as { token: string }).token}`,
      'content-type': 'application/scim+json',
    };
    const alice = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'alice@acme.example',
      active: true,
    };
    const created = await send('POST', `${scimBaseUrl}/Users`, scim, JSON.stringify(alice));
    expect(created).toMatchObject({ status: 201 });
    // access-flow reads this from its own tables, which it fills from the events of identity.
    const path = `/integrations/${id}/users/${(created.body as { id: string }).id}`;
    await eventually(async () => expect(await call('GET', path)).toMatchObject({ status: 200 }));
    const flows = await call('GET', `/access-flows?integrationId=${id}`);
    expect(flows).toMatchObject({ status: 200, body: { items: [] } });
    const database = new URL(system.database.url).pathname.slice(1);
    expect(await connectedRoles()).toEqual([`${database}_access_flow`, `${database}_gateway`, `${database}_identity`]);
  });
});
