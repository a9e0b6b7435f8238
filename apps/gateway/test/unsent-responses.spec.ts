import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type GatewayConfig } from '../src/config/config.js';
import { shareOfIntegration } from '../src/callers/share.rule.js';
import { AdmissionControl } from '../src/limits/admission-control.limiter.js';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

/** More than the operating system buffers for a connection. */
const BIG = 24 * 1024 * 1024;
const bigList = () => ({
  totalResults: 200,
  items: Array.from({ length: 200 }, (_, i) =>
    userRecord({ attributes: { userName: `user${i}`, displayName: 'x'.repeat(BIG / 200) } }),
  ),
});
const bigPage = () => ({ items: bigList().items, nextCursor: null });

/** A gateway on a real port, with two integrations with large lists of users. */
class Listening {
  private readonly sockets: Socket[] = [];

  private constructor(
    readonly gateway: TestGateway,
    readonly okta: TestIntegration,
    readonly other: TestIntegration,
    private readonly port: number,
  ) {}

  static async with(settings: Partial<GatewayConfig>): Promise<Listening> {
    const gateway = await openGateway(settings);
    const [okta, other] = [await newIntegration(gateway), await newIntegration(gateway)];
    await gateway.app.listen(0, '127.0.0.1');
    gateway.transport.handlers['users.list'] = bigList;
    return new Listening(gateway, okta, other, (gateway.app.getHttpServer().address() as AddressInfo).port);
  }

  /** Sends requests over one connection that reads nothing. */
  unread(...paths: string[]): Socket {
    const { id, token } = this.okta;
    return this.unreadBy(token, ...paths.map((path) => `/scim/v2/${id}${path}`));
  }

  unreadBy(credential: string, ...urls: string[]): Socket {
    const requests = urls.map((url) => `GET ${url} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${credential}\r\n\r\n`);
    return this.raw(requests.join('')).pause();
  }

  raw(bytes: string): Socket {
    const socket = connect(this.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => undefined);
    this.sockets.push(socket);
    return socket;
  }

  connections(): Promise<number> {
    return new Promise((resolve) =>
      this.gateway.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)),
    );
  }

  hangUp(): void {
    this.sockets.splice(0).forEach((socket) => socket.destroy());
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.gateway.close();
  }
}

describe('unread responses', () => {
  let listening: Listening;
  // The share of an integration is half, which allows two.
  beforeAll(async () => void (listening = await Listening.with({ maxWaitingBytes: 5 * BIG })));
  afterEach(async () => {
    listening.hangUp();
    await eventually(async () => expect(await listening.connections()).toBe(0));
  });
  afterAll(() => listening.close());

  /** Two large responses over one connection that reads nothing: the second is queued behind the first. */
  async function fill(): Promise<Socket> {
    const { gateway, okta } = listening;
    const room = gateway.app.get(AdmissionControl);
    expect(room.hasCapacity(shareOfIntegration(okta.id), 2 * BIG)).toBe(true);
    const socket = listening.unread('/Users', '/Users');
    await eventually(() => expect(room.hasCapacity(shareOfIntegration(okta.id), BIG)).toBe(false));
    return socket;
  }
  const list = async (integration: TestIntegration) => (await integration.scim('GET', '/Users')).statusCode;

  it('use capacity until their connection ends', async () => {
    const { gateway, okta, other } = listening;
    await fill();
    expect(await list(okta)).toBe(429);
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 1, items: [userRecord()] });
    expect(await list(other)).toBe(200);
    listening.hangUp();
    gateway.transport.handlers['users.list'] = bigList;
    await eventually(async () => expect(await list(okta)).toBe(200));
  });

  it('are released when read', async () => {
    const socket = await fill();
    expect(await list(listening.okta)).toBe(429);
    const room = listening.gateway.app.get(AdmissionControl);
    socket.resume();
    await eventually(() => expect(room.hasCapacity(shareOfIntegration(listening.okta.id), 2 * BIG)).toBe(true));
    expect(await list(listening.okta)).toBe(200);
    expect(socket.bytesRead).toBeGreaterThan(2 * BIG);
  });

  it('release the slot of a long body when the connection closes before its turn', async () => {
    const { gateway, okta } = listening;
    let open = () => {};
    gateway.transport.gate = new Promise<void>((resolve) => (open = resolve));
    const head = (method: string, path: string, more = '') =>
      `${method} /scim/v2/${okta.id}${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${okta.token}\r\n${more}\r\n`;
    const json = 'Content-Type: application/scim+json\r\nContent-Length: 300000\r\n';
    const asked = gateway.transport.asked.length;
    const socket = listening.raw(`${head('GET', `/Users/${uuidv7()}`)}${head('POST', '/Groups', json)}{"a":`);
    await eventually(() => expect(gateway.transport.asked.length).toBe(asked + 1));
    socket.destroy();
    open();
    gateway.transport.gate = Promise.resolve();
    gateway.transport.handlers['groups.create'] = () => groupRecord();
    const big = { displayName: 'Big', members: Array.from({ length: 7_000 }, () => ({ value: uuidv7() })) };
    expect((await okta.scim('POST', '/Groups', big)).statusCode).toBe(201);
  });

  it('do not block responses to deactivations', async () => {
    const { gateway, okta } = listening;
    const attributes = { userName: 'alice', title: 'x'.repeat(60_000) };
    gateway.transport.handlers['users.patch'] = ({ id }) => userRecord({ id, active: false, attributes });
    await fill();
    expect(await list(okta)).toBe(429);
    const body = { Operations: [{ op: 'replace', value: { active: false } }] };
    expect((await okta.scim('PATCH', `/Users/${uuidv7()}`, body)).statusCode).toBe(200);
  });

  it('let a PATCH beyond the share be answered without a body', async () => {
    const { gateway, okta } = listening;
    const attributes = { userName: 'alice', title: 'x'.repeat(BIG) };
    gateway.transport.handlers['users.patch'] = ({ id }) => userRecord({ id, active: false, attributes });
    await fill();
    const body = { Operations: [{ op: 'replace', value: { active: false } }] };
    const response = await okta.scim('PATCH', `/Users/${uuidv7()}`, body);
    expect(response.statusCode).toBe(204);
    expect(response.body).toBe('');
    expect(response.headers).not.toHaveProperty('content-type');
  });
});

describe('unread responses to keys of one integration', () => {
  let listening: Listening;
  // The share of keys and people of an integration is a quarter, which allows one.
  beforeAll(async () => {
    listening = await Listening.with({ maxWaitingBytes: 5 * BIG });
    listening.gateway.transport.handlers['users.page'] = bigPage;
  });
  afterEach(async () => {
    listening.hangUp();
    await eventually(async () => expect(await listening.connections()).toBe(0));
  });
  afterAll(() => listening.close());

  const newKey = async (...integrationIds: string[]) => {
    const asked = { name: 'reader', scopes: ['directory:read'], integrationIds };
    return (await listening.gateway.api('POST', '/api-keys', asked)).json<{ key: string }>().key;
  };
  const users = ({ id }: TestIntegration) => `/api/v1/integrations/${id}/users`;
  const read = async (key: string, integration: TestIntegration) =>
    (await listening.gateway.request('GET', users(integration), { headers: { authorization: `Bearer ${key}` } }))
      .statusCode;
  /** Three responses to each key, over connections that read nothing. */
  async function flood(...keys: string[]): Promise<void> {
    const { asked } = listening.gateway.transport;
    const before = asked.length;
    for (const key of keys) for (let i = 0; i < 3; i++) listening.unreadBy(key, users(listening.okta));
    await eventually(() => expect(asked.length - before).toBe(keys.length * 3));
  }

  it('leave capacity to other integrations and to its SCIM client', async () => {
    const { okta, other } = listening;
    const [first, second, theirs] = [await newKey(okta.id), await newKey(okta.id), await newKey(other.id)];
    await flood(first, second);
    await eventually(async () => expect(await read(first, okta)).toBe(429));
    expect(await read(second, okta)).toBe(429);
    expect(await read(theirs, other)).toBe(200);
    expect((await other.scim('GET', '/Users')).statusCode).toBe(200);
    expect((await okta.scim('GET', '/Users')).statusCode).toBe(200);
  });

  it('do not block callers that also belong to another integration', async () => {
    const { okta, other } = listening;
    const [theirs, both] = [await newKey(okta.id), await newKey(okta.id, other.id)];
    await flood(theirs);
    await eventually(async () => expect(await read(theirs, okta)).toBe(429));
    expect(await read(both, other)).toBe(200);
  });

  it('leave capacity to root administrators', async () => {
    const { okta, gateway } = listening;
    await flood(await newKey(okta.id));
    expect((await gateway.api('GET', `/integrations/${okta.id}/users`)).statusCode).toBe(200);
  });
});

describe('a connection', () => {
  let listening: Listening;
  beforeAll(async () => void (listening = await Listening.with({ responseIdleSeconds: 2 })));
  afterEach(() => listening.hangUp());
  afterAll(() => listening.close());

  it('is closed when more than 32 of its requests have no response', async () => {
    const { transport } = listening.gateway;
    let open = () => {};
    transport.gate = new Promise<void>((resolve) => (open = resolve));
    const path = `/scim/v2/${listening.okta.id}/Users/${uuidv7()}`;
    const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${listening.okta.token}\r\n\r\n`;
    listening.raw(request.repeat(32));
    await eventually(() =>
      expect(transport.asked.filter(({ name }) => name === 'users.get').length).toBeGreaterThan(0),
    );
    expect(await listening.connections()).toBe(1);
    const socket = listening.raw(request.repeat(33));
    await eventually(() => expect(socket.destroyed).toBe(true));
    expect(await listening.connections()).toBe(1);
    open();
    transport.gate = Promise.resolve();
  });

  it('is closed when its client reads nothing', async () => {
    const { handlers } = listening.gateway.transport;
    const members = Array.from({ length: 1000 }, () => ({
      id: uuidv7(),
      type: 'User' as const,
      display: 'x'.repeat(1000),
    }));
    handlers['groups.get'] = ({ id }) => groupRecord({ id, members, nextMember: 'more' });
    // An endless group: only closing the connection ends the response.
    handlers['groups.members'] = () => ({ items: members, nextMember: 'more' });
    listening.unread('/Users');
    listening.unread(`/Groups/${uuidv7()}`);
    await eventually(async () => expect(await listening.connections()).toBe(2));
    await eventually(async () => expect(await listening.connections()).toBe(0));
  });

  it('stays open while its client reads slowly', async () => {
    const socket = listening.unread('/Users');
    // Reads slowly for longer than the idle timeout, then the rest.
    const step = setInterval(() => {
      socket.once('data', () => socket.bytesRead < BIG / 2 && socket.pause());
      socket.resume();
    }, 20);
    try {
      await eventually(() => expect(socket.bytesRead).toBeGreaterThan(BIG));
    } finally {
      clearInterval(step);
    }
  });
});
