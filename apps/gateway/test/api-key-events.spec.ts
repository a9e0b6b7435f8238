import { eventually } from '@tidegate/testing';
import { newIntegration, openGateway, type TestGateway } from './harness.js';

describe('the events of an API key', () => {
  let gateway: TestGateway;
  beforeAll(async () => void (gateway = await openGateway()));
  afterAll(() => gateway.close());

  it('are its creation and revocation, belong to no integration, and contain the actor and no secret', async () => {
    const { id: integrationId } = await newIntegration(gateway);
    const body = {
      name: 'nightly export',
      scopes: ['directory:read'],
      integrationIds: [integrationId],
      expiresAt: null,
    };
    const made = (await gateway.api('POST', '/api-keys', body)).json<{ id: string; key: string }>();
    expect((await gateway.api('DELETE', `/api-keys/${made.id}`)).statusCode).toBe(204);
    const events = () => gateway.transport.events.filter(({ subject }) => subject === made.id);
    await eventually(() => expect(events()).toHaveLength(2));
    const state = { keyId: made.id, scopes: ['directory:read'], integrationIds: [integrationId], expiresAt: null };
    const common = { integrationId: null, actor: { kind: 'apiKey', keyId: 'configured' } };
    expect(events().toSorted((a, b) => a.version - b.version)).toMatchObject([
      { name: 'api_key.created', version: 1, ...common, data: { ...state, revoked: false, version: 1 } },
      { name: 'api_key.revoked', version: 2, ...common, data: { ...state, revoked: true, version: 2 } },
    ]);
    const text = JSON.stringify(events());
    expect(text).not.toContain(made.key.slice(4));
    expect(text).not.toContain('nightly export');
  });

  it('are not published when the revocation is refused', async () => {
    const before = gateway.transport.events.length;
    const id = '0192f000-0000-7000-8000-000000000001';
    expect((await gateway.api('DELETE', `/api-keys/${id}`)).statusCode).toBe(404);
    await newIntegration(gateway); // its event is published after those of the key
    await eventually(() => expect(gateway.transport.events.length).toBeGreaterThan(before));
    expect(gateway.transport.events.filter(({ subject }) => subject === id)).toEqual([]);
  });
});
