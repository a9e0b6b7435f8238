import { type Event, Refusal } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import pg from 'pg';
import { LifecycleWorker } from '../src/integrations/lifecycle.worker.js';
import { UndecidableRequests } from '../src/integrations/undecidable.worker.js';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, wrongFields } from './harness.js';

describe('the status of an integration', () => {
  let gateway: TestGateway;
  let owner: pg.Pool;
  let integration: TestIntegration;
  beforeAll(async () => {
    gateway = await openGateway();
    owner = new pg.Pool({ connectionString: gateway.databaseUrl, max: 1 });
    owner.on('error', () => undefined); // dropping the database ends idle connections
  });
  afterAll(async () => {
    await owner.end();
    await gateway.close();
  });
  beforeEach(async () => {
    gateway.transport.handlers = { 'users.list': () => ({ totalResults: 0, items: [] }) };
    integration = await newIntegration(gateway);
  });

  const shown = async (id = integration.id) => (await gateway.api('GET', `/integrations/${id}`)).json();
  const status = async () => {
    const { status: is, statusReason } = await shown();
    return [is, statusReason.code];
  };
  const review = () => gateway.app.get(LifecycleWorker).updateOnce();
  const events = (): Event[] => gateway.transport.events.filter(({ subject }) => subject === integration.id);
  const call = async (times = 1) => {
    for (let i = 0; i < times; i++) await integration.scim('GET', '/Users');
  };
  const nameOf = async (id = integration.id) => (await shown(id)).name as string;
  const disable = async () =>
    gateway.api('POST', `/integrations/${integration.id}/disable`, { confirm: await nameOf() });
  const backdate = (column: string, ago: string) =>
    owner.query(`UPDATE gateway.integrations SET ${column} = now() - $2::interval WHERE id = $1`, [
      integration.id,
      ago,
    ]);

  it('is initializing until the first authenticated call, which is one event', async () => {
    const before = await shown();
    expect(before).toMatchObject({ status: 'initializing', connectedAt: null, lastSeenAt: null, version: 1 });
    await gateway.request('GET', `/scim/v2/${integration.id}/Users`, { headers: { authorization: 'Bearer tgs_x' } });
    await review();
    expect(await shown()).toEqual(before);
    await call(3);
    await review();
    const after = await shown();
    expect(after).toMatchObject({ status: 'active', statusReason: { code: 'connected' }, version: 2 });
    expect(after.lastSeenAt).toBe(after.connectedAt);
    expect(Date.parse(after.statusSince)).toBeGreaterThan(Date.parse(before.statusSince));
    await eventually(() =>
      expect(events().map(({ name, data }) => [name, data])).toEqual([
        ['integration.created', expect.objectContaining({ status: 'initializing', version: 1 })],
        ['integration.connected', expect.objectContaining({ status: 'active', disabled: false, version: 2 })],
      ]),
    );
  });

  it('updates the time of the last call at most once a minute', async () => {
    await call();
    const first = (await shown()).lastSeenAt;
    await owner.query(`UPDATE gateway.integrations SET last_seen_at = last_seen_at - interval '59 s' WHERE id = $1`, [
      integration.id,
    ]);
    const { token } = (await gateway.api('POST', `/integrations/${integration.id}/tokens`)).json();
    const callWith = (secret: string) =>
      gateway.request('GET', `/scim/v2/${integration.id}/Users`, { headers: { authorization: `Bearer ${secret}` } });
    await callWith(token);
    expect(Date.parse((await shown()).lastSeenAt)).toBe(Date.parse(first) - 59_000);
    await backdate('last_seen_at', '61 s');
    await gateway.api('DELETE', `/integrations/${integration.id}/tokens/${integration.tokenId}`);
    const { token: third } = (await gateway.api('POST', `/integrations/${integration.id}/tokens`)).json();
    await callWith(third);
    const { lastSeenAt, version } = await shown();
    expect(Date.parse(lastSeenAt)).toBeGreaterThanOrEqual(Date.parse(first));
    expect(version).toBe(2);
  });

  it('is warning while no user can decide a pending request', async () => {
    const look = () => gateway.app.get(UndecidableRequests).updateOnce();
    const other = await newIntegration(gateway);
    for (const { scim } of [integration, other]) await scim('GET', '/Users');
    let items = [{ integrationId: integration.id, requests: 2 }];
    gateway.transport.handlers['requests.undecidable'] = (_, { integrationIds }) => {
      expect(integrationIds).toEqual(expect.arrayContaining([integration.id, other.id]));
      return { items };
    };
    await look();
    expect(await status()).toEqual(['warning', 'requests_undecidable']);
    expect(await shown()).toMatchObject({ version: 3 });
    expect(await shown(other.id)).toMatchObject({ status: 'active' });
    await eventually(() =>
      expect(events().at(-1)).toMatchObject({ name: 'integration.updated', data: { status: 'warning', version: 3 } }),
    );
    items = [{ integrationId: integration.id, requests: 1 }];
    await look();
    await review();
    expect(await shown()).toMatchObject({ version: 3 });
    delete gateway.transport.handlers['requests.undecidable'];
    await expect(look()).rejects.toMatchObject({ code: 'unavailable' });
    await review();
    await call();
    expect(await status()).toEqual(['warning', 'requests_undecidable']);
    items = [];
    gateway.transport.handlers['requests.undecidable'] = () => ({ items });
    await look();
    expect(await status()).toEqual(['active', 'connected']);
  });

  it('is disconnected after the configured silence, and active at the next call', async () => {
    await call();
    await backdate('last_seen_at', '2 hours');
    await review();
    expect(await status()).toEqual(['active', 'connected']);
    await gateway.api('PATCH', `/integrations/${integration.id}`, { disconnectedAfterSeconds: 3600 });
    await review();
    expect(await status()).toEqual(['disconnected', 'silent']);
    const { token } = (await gateway.api('POST', `/integrations/${integration.id}/tokens`)).json();
    await gateway.request('GET', `/scim/v2/${integration.id}/Users`, { headers: { authorization: `Bearer ${token}` } });
    expect(await status()).toEqual(['active', 'connected']);
    await eventually(() =>
      expect(
        events()
          .map(({ version }) => version)
          .sort(),
      ).toEqual([1, 2, 3, 4, 5]),
    );
    expect(events().filter(({ name }) => name === 'integration.connected')).toHaveLength(1);
  });

  it('is warning while calls fail, and no longer', async () => {
    gateway.transport.handlers['users.list'] = () => {
      throw new Refusal('unavailable', 'unavailable');
    };
    await call(6);
    await review();
    expect(await status()).toEqual(['warning', 'calls_failing']);
    const { statusSince } = await shown();
    await review();
    expect((await shown()).statusSince).toBe(statusSince);
    await owner.query(`UPDATE gateway.call_counts SET minute = minute - interval '16 min' WHERE integration_id = $1`, [
      integration.id,
    ]);
    await review();
    expect(await status()).toEqual(['active', 'connected']);
  });

  it('is warning while calls are refused as invalid', async () => {
    gateway.transport.handlers['users.list'] = () => {
      throw new Refusal('invalidFilter', 'nonsense');
    };
    await call(5);
    await review();
    expect(await status()).toEqual(['warning', 'calls_refused']);
  });

  it('is warning while a revoked token is used', async () => {
    await call();
    await gateway.api('DELETE', `/integrations/${integration.id}/tokens/${integration.tokenId}`);
    await eventually(async () => expect((await integration.scim('GET', '/Users')).statusCode).toBe(401));
    await review();
    expect(await status()).toEqual(['warning', 'credential_refused']);
  });

  it('is warning before the token in use expires, and for no other token', async () => {
    await call();
    const endsIn = (interval: string) =>
      owner.query(`UPDATE gateway.scim_tokens SET expires_at = now() + $2::interval WHERE id = $1`, [
        integration.tokenId,
        interval,
      ]);
    await gateway.api('POST', `/integrations/${integration.id}/tokens`);
    await endsIn('6 days');
    await review();
    expect(await status()).toEqual(['warning', 'credential_expiring']);
    expect((await shown()).statusReason.detail).toMatch(/within 7 days/);
    await endsIn('-1 second');
    await review();
    expect(await status()).toEqual(['warning', 'credential_expired']);
    await owner.query(`UPDATE gateway.scim_tokens SET last_used_at = now() WHERE integration_id = $1 AND id <> $2`, [
      integration.id,
      integration.tokenId,
    ]);
    await review();
    expect(await status()).toEqual(['active', 'connected']);
  });

  it('is not warning for a token that an OAuth client replaced', async () => {
    await call();
    await owner.query(`UPDATE gateway.scim_tokens SET expires_at = now() WHERE id = $1`, [integration.tokenId]);
    await review();
    expect(await status()).toEqual(['warning', 'credential_expired']);
    await owner.query(
      `INSERT INTO gateway.oauth_clients (integration_id, client_id, grant_type, last_used_at)
       VALUES ($1, 'okta', 'authorization_code', now())`,
      [integration.id],
    );
    await review();
    expect(await status()).toEqual(['active', 'connected']);
  });

  describe('disabled', () => {
    it('requires its name, refuses SCIM calls with a message for Okta, and records the event', async () => {
      await call();
      expect(await wrongFields(gateway, 'POST', `/integrations/${integration.id}/disable`)).toEqual(['confirm']);
      expect(await wrongFields(gateway, 'POST', `/integrations/${integration.id}/disable`, { confirm: 'x' })).toEqual([
        'confirm',
      ]);
      const answer = await disable();
      expect([answer.statusCode, answer.json()]).toMatchObject([
        200,
        { id: integration.id, status: 'disabled', version: 3 },
      ]);
      await eventually(async () => {
        const refused = await integration.scim('GET', '/Users');
        expect([refused.statusCode, refused.json()]).toEqual([
          403,
          {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
            status: '403',
            detail: expect.stringContaining('disabled in Tidegate'),
          },
        ]);
      });
      expect((await disable()).json().version).toBe(3);
      await eventually(() =>
        expect(events().at(-1)).toMatchObject({
          name: 'integration.updated',
          version: 3,
          data: { disabled: true, disablements: 1, status: 'disabled' },
        }),
      );
    });

    it('accepts calls again when enabled, with its previous status', async () => {
      await call();
      await disable();
      const enabled = (await gateway.api('POST', `/integrations/${integration.id}/enable`)).json();
      expect(enabled).toMatchObject({ status: 'active', statusReason: { code: 'connected' }, version: 4 });
      await eventually(async () => expect((await integration.scim('GET', '/Users')).statusCode).toBe(200));
      await disable();
      await eventually(() =>
        expect(events().find(({ version }) => version === 5)?.data).toMatchObject({ disabled: true, disablements: 2 }),
      );
    });

    it('is initializing when enabled without any call before', async () => {
      await disable();
      expect((await gateway.api('POST', `/integrations/${integration.id}/enable`)).json()).toMatchObject({
        status: 'initializing',
      });
    });

    it('stays disabled after changes of settings and calls', async () => {
      await disable();
      await integration.scim('GET', '/Users');
      await gateway.api('PATCH', `/integrations/${integration.id}`, { disconnectedAfterSeconds: 3600 });
      await review();
      expect(await status()).toEqual(['disabled', 'disabled_by_administrator']);
    });
  });

  it('reports what disabling or deleting would end', async () => {
    Object.assign(gateway.transport.handlers, {
      'users.count': () => ({ users: 7, activeUsers: 5 }),
      'grants.count': () => ({ liveGrants: 3 }),
      'requests.count': () => ({ openRequests: 2 }),
    });
    const answer = await gateway.api('GET', `/integrations/${integration.id}/impact`);
    expect(answer.json()).toEqual({ users: 7, activeUsers: 5, liveGrants: 3, openRequests: 2 });
    for (const name of ['users.count', 'grants.count', 'requests.count'] as const)
      expect(gateway.transport.last(name).asking.integrationIds).toEqual([integration.id]);
  });
});
