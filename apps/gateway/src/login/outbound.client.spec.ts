import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { ForbiddenAddress, outboundFetch } from './outbound.client.js';

const OPTIONS = { method: 'GET', headers: {}, body: undefined, redirect: 'manual' } as const;

describe('requests to a configured server', () => {
  const servers: Server[] = [];
  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  it('do not follow redirects', async () => {
    let asked = 0;
    const inner = await serve((_, answer) => void answer.end(String(++asked)));
    const outer = await serve((_, answer) => void answer.writeHead(302, { location: `http://${inner}/` }).end());
    const { status } = await outboundFetch(true)(`http://${outer}/`, OPTIONS);
    expect([status, asked]).toEqual([302, 0]);
  });

  it('limit the length of the response', async () => {
    const endless = await serve((_, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write('x'.repeat(65_536)));
      };
      answer.on('drain', more);
      more();
    });
    await expect(outboundFetch(true)(`http://${endless}/`, OPTIONS)).rejects.toThrow('too long');
  });

  it('do not connect to a name that resolves to a private address', async () => {
    let connections = 0;
    const [, port] = (await serve(() => undefined)).split(':');
    servers[0]!.on('connection', () => connections++);
    await expect(outboundFetch(false)(`https://localhost:${port}/`, OPTIONS)).rejects.toThrow(ForbiddenAddress);
    expect(connections).toBe(0);
  });

  it.each([
    'http://example.com/',
    'http://localhost/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://2130706433/',
    'https://[::169.254.169.254]/',
    'https://[100::1]/',
    'https://[5f00::1]/',
    'https://192.88.99.1/',
    'https://192.0.2.1/',
    'https://198.51.100.1/',
    'https://203.0.113.1/',
    'https://[2001:db8::1]/',
    'https://user@example.com/',
    'file:///etc/passwd',
  ])('are not sent to %s', async (url) => {
    await expect(async () => outboundFetch(false)(url, OPTIONS)).rejects.toThrow(ForbiddenAddress);
  });
});
