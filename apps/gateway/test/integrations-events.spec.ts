import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Database } from '@tidegate/database';
import { eventually } from '@tidegate/testing';
import { Browser, ORIGIN } from './browser.js';
import { API_KEY, type TestGateway, newIntegration, openGateway, type TestIntegration } from './harness.js';

interface ServerEvent {
  id: string;
  event: string;
  data: { id: string; version?: number };
}

/** Events received so far, and whether the stream has ended. */
interface Reading {
  events: ServerEvent[];
  text: string;
  over: boolean;
  close(): void;
}

type Headers = Record<string, string>;

/** Uses a separate connection: `fetch` opens unused ones, which delay the shutdown of the server. */
async function ask(base: string, path: string, method: string, headers: Headers): Promise<IncomingMessage> {
  const asked = request(`${base}/api/v1${path}`, { method, headers, agent: false });
  asked.on('error', () => undefined).end(); // closed by the test
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return answer;
}

/** Reads a stream as a browser does. */
async function read(base: string, path: string, headers: Headers = {}): Promise<Reading> {
  const credential: Headers = headers['cookie'] === undefined ? { authorization: `Bearer ${API_KEY}` } : {};
  const answer = await ask(base, path, 'GET', { ...credential, ...headers });
  const reading: Reading = { events: [], text: '', over: false, close: () => answer.destroy() };
  answer.on('error', () => undefined).on('close', () => (reading.over = true));
  answer.setEncoding('utf8').on('data', (piece: string) => {
    reading.text += piece;
    reading.events = eventsIn(reading.text);
  });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream']);
  return reading;
}

function eventsIn(text: string): ServerEvent[] {
  return [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)\n\n/gm)].map(([, id = '', event = '', data = '']) => ({
    id,
    event,
    data: JSON.parse(data) as ServerEvent['data'],
  }));
}

describe('event streams of integrations', () => {
  let gateway: TestGateway;
  /** Another gateway on the same database. */
  let other: TestGateway;
  let base: string;
  let integration: TestIntegration;
  const readings: Reading[] = [];
  beforeAll(async () => {
    gateway = await openGateway({ publicUrl: ORIGIN });
    other = await openGateway({ databaseUrl: gateway.databaseUrl });
    await gateway.app.listen(0, '127.0.0.1');
    base = await gateway.app.getUrl();
  });
  afterAll(async () => {
    await other.close();
    await gateway.close();
  });
  beforeEach(async () => {
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    integration = await newIntegration(gateway);
  });
  afterEach(() => readings.splice(0).forEach((reading) => reading.close()));

  const watch = async (path: string, headers?: Headers) => {
    const reading = await read(base, path, headers);
    readings.push(reading);
    return reading;
  };
  /** A key with a stream of all integrations, and dan, logged in with a stream of one. */
  const watchByKeyAndSession = async () => {
    const made = await gateway.api('POST', '/api-keys', { name: 'watches', scopes: ['integrations:read'] });
    const { id, key } = made.json<{ id: string; key: string }>();
    const dan = new Browser(gateway);
    await dan.loginWithKey();
    const cookie = dan.cookieHeader('/api/v1');
    const byKey = await watch('/integrations/events', { authorization: `Bearer ${key}` });
    const bySession = await watch(`/integrations/${integration.id}/events`, { cookie });
    return { id, key, dan, byKey, bySession };
  };
  const of = ({ events }: Reading, id = integration.id) =>
    events.filter(({ data }) => data.id === id).map(({ event, data }) => [event, data.version]);

  it('send changes of one integration by any gateway, and of no other', async () => {
    const stream = await watch(`/integrations/${integration.id}/events`);
    await integration.scim('GET', '/Users');
    await newIntegration(gateway);
    await eventually(() => expect(of(stream)).toContainEqual(['integration.connected', 2]));
    await other.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'One' });
    await eventually(() => expect(of(stream)).toContainEqual(['integration.updated', 3]));
    const { name } = (await gateway.api('GET', `/integrations/${integration.id}`)).json();
    await other.api('DELETE', `/integrations/${integration.id}?confirm=${encodeURIComponent(name)}`);
    await eventually(() => expect(of(stream)).toContainEqual(['integration.removed', undefined]));
    expect(new Set(stream.events.map(({ data }) => data.id))).toEqual(new Set([integration.id]));
    expect(stream.events.find(({ event }) => event === 'integration.updated')?.data).toMatchObject({
      groupsToSync: ['One'],
      status: 'active',
      scimBaseUrl: expect.stringContaining(integration.id),
    });
  });

  it('send changes of all integrations, including new ones', async () => {
    const stream = await watch('/integrations/events');
    const late = await newIntegration(other);
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'One' });
    await eventually(() => {
      expect(of(stream, late.id)).toContainEqual(['integration.created', 1]);
      expect(of(stream)).toContainEqual(['integration.updated', 2]);
    });
  });

  it('resume after Last-Event-ID', async () => {
    const first = await watch('/integrations/events');
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'One' });
    await eventually(() => expect(of(first)).toContainEqual(['integration.updated', 2]));
    const { id } = first.events.at(-1)!;
    first.close();
    await eventually(() => expect(first.over).toBe(true));
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'Two' });
    const again = await watch('/integrations/events', { 'last-event-id': id });
    await eventually(() => expect(of(again)).toContainEqual(['integration.updated', 3]));
    const nonsense = await watch('/integrations/events', { 'last-event-id': "'; --" });
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'Three' });
    await eventually(() => expect(of(nonsense)).toContainEqual(['integration.updated', 4]));
  });

  it('require the scope and an existing integration', async () => {
    for (const path of ['/integrations/events', `/integrations/${integration.id}/events`]) {
      const answer = await ask(base, path, 'GET', {});
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 401]);
    }
    expect((await gateway.api('GET', `/integrations/${integration.id.replace(/./, 'f')}/events`)).statusCode).toBe(404);
    const head = await ask(base, '/integrations/events', 'HEAD', { authorization: `Bearer ${API_KEY}` });
    expect([head.statusCode, head.headers['content-type']]).toEqual([200, 'text/event-stream']);
    head.resume();
  });

  it('send nothing to revoked keys and ended sessions', async () => {
    const { id, key, dan, byKey, bySession } = await watchByKeyAndSession();
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'One' });
    for (const stream of [byKey, bySession])
      await eventually(() => expect(of(stream)).toContainEqual(['integration.updated', 2]));
    await gateway.api('DELETE', `/api-keys/${id}`);
    await gateway.app.get(Database).unscoped((tx) => tx.run('DELETE FROM gateway.sessions'));
    await eventually(async () => {
      const headers = { authorization: `Bearer ${key}` };
      expect((await gateway.request('GET', '/api/v1/integrations', { headers })).statusCode).toBe(401);
      expect((await dan.api('GET', '/me')).statusCode).toBe(401);
    });
    await gateway.api('PATCH', `/integrations/${integration.id}`, { groupsToSync: 'Two' });
    await eventually(() => expect([byKey.over, bySession.over]).toEqual([true, true]));
    for (const stream of [byKey, bySession]) expect(of(stream)).not.toContainEqual(['integration.updated', 3]);
  });

  it('are limited per caller, and possible again after one is closed', async () => {
    for (let i = 0; i < 20; i++) await watch('/integrations/events');
    const refused = await gateway.api('GET', '/integrations/events');
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '30']);
    readings.splice(0).forEach((reading) => reading.close());
    await eventually(async () => expect(await watch('/integrations/events')).toBeDefined());
  });

  it('end within seconds after loss of access, even without changes, and only then', async () => {
    const { id, byKey, bySession } = await watchByKeyAndSession();
    const other = await watch('/integrations/events');
    await gateway.api('DELETE', `/api-keys/${id}`);
    await gateway.app.get(Database).unscoped((tx) => tx.run('DELETE FROM gateway.sessions'));
    await eventually(() => expect([byKey.over, bySession.over, other.over]).toEqual([true, true, false]));
  });

  it('end when the gateway stops', async () => {
    const stopping = await openGateway({ databaseUrl: gateway.databaseUrl });
    await stopping.app.listen(0, '127.0.0.1');
    const stream = await read(await stopping.app.getUrl(), '/integrations/events');
    await stopping.close();
    await eventually(() => expect(stream.over).toBe(true));
  });
});
