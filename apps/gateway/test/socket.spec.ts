import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

describe('over a real socket', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  let port: number;
  beforeAll(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
    await gateway.app.listen(0, '127.0.0.1');
    port = (gateway.app.getHttpServer().address() as AddressInfo).port;
  });
  afterAll(() => gateway.close());

  /** Sends `text`. @returns the data received until the connection closed or `until` was received */
  function send(text: string, until?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
        if (until !== undefined && received.includes(until)) socket.destroy();
      });
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
    });
  }
  const head = (line: string, headers: Record<string, string> = {}) =>
    [
      `${line} HTTP/1.1`,
      ...Object.entries({ Host: 'x', Connection: 'close', ...headers }).map((row) => row.join(': ')),
    ].join('\r\n') + '\r\n\r\n';
  const authorization = () => ({ Authorization: `Bearer ${okta.token}` });

  it('responds to a malformed URL in the format of the API', async () => {
    expect(await send(head('GET /scim/v2/%ZZ/Users'))).toMatch(/^HTTP\/1\.1 400 [^]*scim:api:messages:2\.0:Error/);
    expect(await send(head('GET /api/v1/%ZZ'))).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json/);
  });

  it('refuses a request with two Host headers', async () => {
    const twice = (path: string) => head(`GET ${path}`, { ...authorization(), Host: 'x\r\nhost: y' });
    expect(await send(twice(`/scim/v2/${okta.id}/Users`))).toMatch(/^HTTP\/1\.1 400 [^]*scim:api:messages:2\.0:Error/);
    expect(await send(twice('/api/v1/me'))).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json/);
    expect(await send(twice('/livez'))).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(head('GET /livez'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('refuses a header of one megabyte', async () => {
    const answer = await send(head('GET /livez', { Authorization: 'x'.repeat(1_000_000) })).catch(() => 'reset');
    expect(answer).toMatch(/^HTTP\/1\.1 431|^reset/);
  });

  it('refuses a large body by its Content-Length', async () => {
    const headers = {
      ...authorization(),
      'Content-Type': 'application/json',
      'Content-Length': String(20 * 1024 * 1024),
    };
    expect(await send(head(`POST /scim/v2/${okta.id}/Users`, headers), '}')).toMatch(/^HTTP\/1\.1 413 /);
    const { Authorization: _, ...strange } = headers as Record<string, string>;
    expect(await send(head(`POST /scim/v2/${okta.id}/Users`, strange), '}')).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('completes a write after the client disconnected', async () => {
    let open!: () => void;
    let finished = false;
    gateway.transport.gate = new Promise((resolve) => (open = resolve));
    gateway.transport.handlers['users.create'] = () => ((finished = true), userRecord());
    const body = '{"userName":"alice"}';
    const headers = { ...authorization(), 'Content-Type': 'application/json', 'Content-Length': String(body.length) };
    const asked = gateway.transport.asked.length;
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(head(`POST /scim/v2/${okta.id}/Users`, headers) + body),
    );
    await eventually(() => expect(gateway.transport.asked.length).toBe(asked + 1));
    socket.destroy();
    open();
    gateway.transport.gate = Promise.resolve();
    await eventually(() => expect(finished).toBe(true));
  });

  it('fetches members no faster than the caller reads them', async () => {
    // Long member names: half of the pages exceed the buffers of a connection.
    const page = Array.from({ length: 1000 }, () => ({
      id: uuidv7(),
      type: 'User' as const,
      display: 'x'.repeat(1000),
    }));
    const all = 100;
    let pages = 1;
    gateway.transport.handlers['groups.get'] = ({ id }) => groupRecord({ id, members: page, nextMember: 'more' });
    gateway.transport.handlers['groups.members'] = () => ({ items: page, nextMember: ++pages < all ? 'more' : null });
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(head(`GET /scim/v2/${okta.id}/Groups/${uuidv7()}`, authorization())),
    );
    await new Promise((begins) => socket.once('readable', begins));
    // Long enough to fetch all of them without backpressure.
    for (let turn = 0; turn < 10 * all; turn++) await gateway.request('GET', '/livez');
    expect(pages).toBeGreaterThan(1);
    expect(pages).toBeLessThan(all / 2);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await new Promise((over) => socket.once('close', over));
    expect(pages).toBe(all);
    expect(bytes).toBeGreaterThan(all * page.length * 1000);
  });

  it('stops fetching members after the client disconnected', async () => {
    const page = Array.from({ length: 1000 }, (_, i) => ({
      id: uuidv7(),
      type: 'User' as const,
      display: `person ${i}`,
    }));
    let pages = 0;
    gateway.transport.handlers['groups.get'] = ({ id }) => groupRecord({ id, members: page, nextMember: 'more' });
    // An endless group: only disconnecting ends the response.
    gateway.transport.handlers['groups.members'] = () => (pages++, { items: page, nextMember: 'more' });
    const path = `/scim/v2/${okta.id}/Groups/${uuidv7()}`;
    expect(await send(head(`GET ${path}`, authorization()), 'person 999')).toMatch(/^HTTP\/1\.1 200 /);
    await eventually(async () => {
      const before = pages;
      await gateway.request('GET', '/livez');
      await new Promise(setImmediate);
      expect(pages).toBe(before);
    });
  });

  it('completes requests in progress before it stops, without waiting for idle connections', async () => {
    const stopping = await openGateway();
    const integration = await newIntegration(stopping);
    await stopping.app.listen(0, '127.0.0.1');
    const server = stopping.app.getHttpServer();
    const { port: other } = server.address() as AddressInfo;
    const ended = ['', `GET /scim/v2/${integration.id}/Users HTTP/1.1\r\nHost: x\r\n`].map((text) => {
      const socket = connect(other, '127.0.0.1', () => socket.write(text)).resume();
      return once(socket, 'close');
    });
    let open!: () => void;
    stopping.transport.gate = new Promise((resolve) => (open = resolve));
    stopping.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    const answer = fetch(`http://127.0.0.1:${other}/scim/v2/${integration.id}/Users`, {
      headers: { authorization: integration.token },
    });
    await eventually(async () => {
      expect(stopping.transport.asked).toHaveLength(1);
      expect(await promisify(server.getConnections.bind(server))()).toBe(3);
    });
    const closed = stopping.close();
    await Promise.all(ended);
    open();
    expect((await answer).status).toBe(200);
    await closed;
  });
});
