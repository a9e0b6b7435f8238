import { type AddressInfo, connect, type Socket } from 'node:net';
import { eventually } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type GatewayConfig } from '../src/config.js';
import { WaitingRoom } from '../src/scim/waiting-room.js';
import { type Door, groupRecord, newTenant, openDoor, type Tenant, userRecord } from './harness.js';

/** More than the system keeps between the two ends of a connection. */
const BIG = 24 * 1024 * 1024;
const bigList = () => ({
  totalResults: 200,
  items: Array.from({ length: 200 }, (_, i) =>
    userRecord({ attributes: { userName: `user${i}`, title: 'x'.repeat(BIG / 200) } }),
  ),
});

/** A gateway on a real port, with two integrations, whose lists of users are big. */
class Listening {
  private readonly sockets: Socket[] = [];

  private constructor(
    readonly door: Door,
    readonly okta: Tenant,
    readonly other: Tenant,
    private readonly port: number,
  ) {}

  static async with(settings: Partial<GatewayConfig>): Promise<Listening> {
    const door = await openDoor(settings);
    const [okta, other] = [await newTenant(door), await newTenant(door)];
    await door.app.listen(0, '127.0.0.1');
    door.transport.handlers['users.list'] = bigList;
    return new Listening(door, okta, other, (door.app.getHttpServer().address() as AddressInfo).port);
  }

  /** Sends requests over one connection that reads nothing. */
  unread(...paths: string[]): Socket {
    const { id, token } = this.okta;
    const requests = paths.map(
      (path) => `GET /scim/v2/${id}${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const socket = connect(this.port, '127.0.0.1', () => socket.write(requests.join(''))).pause();
    socket.on('error', () => undefined);
    this.sockets.push(socket);
    return socket;
  }

  connections(): Promise<number> {
    return new Promise((resolve) =>
      this.door.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)),
    );
  }

  hangUp(): void {
    this.sockets.splice(0).forEach((socket) => socket.destroy());
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.door.close();
  }
}

describe('answers that are not read', () => {
  let gateway: Listening;
  // Half of it, which is one integration's, has room for two.
  beforeAll(async () => void (gateway = await Listening.with({ maxWaitingBytes: 5 * BIG })));
  afterEach(async () => {
    gateway.hangUp();
    await eventually(async () => expect(await gateway.connections()).toBe(0));
  });
  afterAll(() => gateway.close());

  /** Two big answers over one connection that reads nothing: the second waits behind the first. */
  async function fill(): Promise<Socket> {
    const { door, okta } = gateway;
    const room = door.app.get(WaitingRoom);
    expect(room.hasRoom(okta.id, 2 * BIG)).toBe(true);
    const socket = gateway.unread('/Users', '/Users');
    await eventually(() => expect(room.hasRoom(okta.id, BIG)).toBe(false));
    return socket;
  }
  const list = async (tenant: Tenant) => (await tenant.scim('GET', '/Users')).statusCode;

  it('count as bytes that wait, until their connection ends', async () => {
    const { door, okta, other } = gateway;
    await fill();
    expect(await list(okta)).toBe(429);
    door.transport.handlers['users.list'] = () => ({ totalResults: 1, items: [userRecord()] });
    expect(await list(other)).toBe(200);
    gateway.hangUp();
    door.transport.handlers['users.list'] = bigList;
    await eventually(async () => expect(await list(okta)).toBe(200));
  });

  it('count no more when they are read', async () => {
    const socket = await fill();
    expect(await list(gateway.okta)).toBe(429);
    socket.resume();
    await eventually(() => expect(gateway.door.app.get(WaitingRoom).hasRoom(gateway.okta.id, 2 * BIG)).toBe(true));
    expect(await list(gateway.okta)).toBe(200);
    expect(socket.bytesRead).toBeGreaterThan(2 * BIG);
  });

  it('do not keep a deactivation from being answered', async () => {
    const { door, okta } = gateway;
    const attributes = { userName: 'alice', title: 'x'.repeat(60_000) };
    door.transport.handlers['users.patch'] = ({ id }) => userRecord({ id, active: false, attributes });
    await fill();
    expect(await list(okta)).toBe(429);
    const body = { Operations: [{ op: 'replace', value: { active: false } }] };
    expect((await okta.scim('PATCH', `/Users/${uuidv7()}`, body)).statusCode).toBe(200);
  });
});

describe('a connection', () => {
  let gateway: Listening;
  beforeAll(async () => void (gateway = await Listening.with({ answerIdleSeconds: 2 })));
  afterEach(() => gateway.hangUp());
  afterAll(() => gateway.close());

  it('that takes nothing of its answer is closed', async () => {
    const { handlers } = gateway.door.transport;
    const members = Array.from({ length: 1000 }, () => ({
      id: uuidv7(),
      type: 'User' as const,
      display: 'x'.repeat(1000),
    }));
    handlers['groups.get'] = ({ id }) => groupRecord({ id, members, nextMember: 'more' });
    // A group without end: only the connection's end can end the answer.
    handlers['groups.members'] = () => ({ items: members, nextMember: 'more' });
    gateway.unread('/Users');
    gateway.unread(`/Groups/${uuidv7()}`);
    await eventually(async () => expect(await gateway.connections()).toBe(2));
    await eventually(async () => expect(await gateway.connections()).toBe(0));
  });

  it('that takes its answer slowly gets all of it', async () => {
    const socket = gateway.unread('/Users');
    // A piece at a time for longer than nothing may be taken, then the rest.
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
