import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { alice, eventually } from '@tidegate/testing';
import { type TestGateway, newIntegration, openGateway, type TestIntegration, userRecord } from './harness.js';

const HALF_A_HEAD = 'GET /livez HTTP/1.1\r\n';

const isOpen = (socket: Socket) => socket.readyState === 'open';

describe('connections', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  let port: number;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    gateway = await openGateway({ maxConnections: 40, maxConnectionsPerAddress: 10 });
    okta = await newIntegration(gateway);
    await gateway.app.listen(0, '127.0.0.1');
    port = (gateway.app.getHttpServer().address() as AddressInfo).port;
  });
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    await eventually(async () => expect(await openAtServer()).toBe(0));
  });
  afterAll(() => gateway.close());

  const openAtServer = () =>
    new Promise<number>((resolve) =>
      gateway.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)),
    );

  /** Opens connections that never send a complete request. @param from loopback address; each address is a separate client */
  const halfOpen = (from: string, count: number) =>
    Array.from({ length: count }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from }, () => socket.write(HALF_A_HEAD));
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      return socket;
    });

  /** @returns the status of the response over a new connection, or the outcome without a response */
  const ask = (from: string, path = '/livez', headers: Record<string, string> = {}) =>
    new Promise<number | string>((resolve) => {
      const options = { host: '127.0.0.1', port, path, headers, localAddress: from, agent: false };
      const asked = get(options, (answer) => resolve(answer.resume().statusCode ?? 0));
      asked.on('error', ({ code = 'failed' }: NodeJS.ErrnoException) => resolve(code));
    });

  it('of one address without requests do not block another address', async () => {
    const flood = halfOpen('127.0.0.1', 60);
    await eventually(() => expect(flood.filter(isOpen).length).toBe(10));
    expect(await ask('127.0.0.2')).toBe(200);
    expect(await ask('127.0.0.1')).toBe('ECONNRESET');
    expect(gateway.log.join('')).toContain('"network":"127.0.0.0/24"');
  });

  it('of one address are accepted again after others were closed', async () => {
    const [first] = halfOpen('127.0.0.1', 10);
    await eventually(async () => expect(await openAtServer()).toBe(10));
    expect(await ask('127.0.0.1')).toBe('ECONNRESET');
    first!.destroy();
    await eventually(async () => expect(await ask('127.0.0.1')).toBe(200));
  });

  it('of addresses with an authenticated call are accepted when unknown addresses use all others', async () => {
    gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
    const authorization = `Bearer ${okta.token}`;
    const call = () => ask('127.0.0.2', `/scim/v2/${okta.id}/Users`, { authorization });
    expect(await call()).toBe(200);
    for (const from of ['127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6']) halfOpen(from, 10);
    await eventually(async () => expect(await openAtServer()).toBe(36));
    expect(await ask('127.0.0.7')).toBe('ECONNRESET');
    expect(await call()).toBe(200);
  });

  it('with long bodies of one integration are received two at a time, without delaying others', async () => {
    const other = await newIntegration(gateway);
    gateway.transport.handlers['users.create'] = () => userRecord();
    const body = JSON.stringify({ ...alice(), ballast: 'x'.repeat(20_000) });
    const post = async ({ id, token }: TestIntegration) => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      const head = [`POST /scim/v2/${id}/Users HTTP/1.1`, 'host: tidegate', `authorization: Bearer ${token}`];
      socket.write(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`);
      const status = async () => String((await once(socket, 'data'))[0]).slice(9, 12);
      expect(await status()).toBe('100');
      const finish = () => {
        socket.write(body);
        return status();
      };
      return finish;
    };
    const [first, second, third] = [await post(okta), await post(okta), await post(okta)];
    let answered = false;
    const thirdAnswer = third().finally(() => (answered = true));
    expect(await (await post(other))()).toBe('201');
    expect(answered).toBe(false);
    expect(await first()).toBe('201');
    expect(await thirdAnswer).toBe('201');
    expect(await second()).toBe('201');
  });

  it('without a request within ten seconds are closed', async () => {
    const [silent, half] = [connect(port, '127.0.0.1').resume(), halfOpen('127.0.0.1', 1)[0]!];
    await Promise.all([once(silent, 'close'), once(half, 'close')]);
  }, 50_000);
});

describe('behind a proxy', () => {
  it('open requests are limited per client', async () => {
    const gateway = await openGateway({ trustProxy: true, maxConnectionsPerAddress: 10 });
    try {
      const okta = await newIntegration(gateway);
      let open!: () => void;
      gateway.transport.gate = new Promise((resolve) => (open = resolve));
      gateway.transport.handlers['users.list'] = () => ({ totalResults: 0, items: [] });
      const call = async (client: string) => {
        const headers = { 'x-forwarded-for': `198.51.100.1, ${client}` };
        return (await okta.scim('GET', '/Users?filter=userName eq "alice"', undefined, headers)).statusCode;
      };
      const ten = Array.from({ length: 10 }, (_, i) => call(`2001:db8::${i}`));
      await eventually(() =>
        expect(gateway.transport.asked.filter(({ name }) => name === 'users.list').length).toBe(2),
      );
      expect(await call('2001:db8::ffff')).toBe(429);
      const other = call('2001:db8:0:1::1');
      open();
      expect(await other).toBe(200);
      expect(await Promise.all(ten)).toEqual(Array(10).fill(200));
      expect(await call('2001:db8::ffff')).toBe(200);
    } finally {
      await gateway.close();
    }
  });

  it('the connections of the proxy are not limited', async () => {
    const gateway = await openGateway({ trustProxy: true, maxConnectionsPerAddress: 10 });
    await gateway.app.listen(0, '127.0.0.1');
    const { port } = gateway.app.getHttpServer().address() as AddressInfo;
    const sockets = Array.from({ length: 30 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    try {
      await Promise.all(sockets.map((socket) => once(socket, 'connect')));
      expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
      expect(sockets.filter(isOpen).length).toBe(30);
    } finally {
      sockets.forEach((socket) => socket.destroy());
      await gateway.close();
    }
  });
});
