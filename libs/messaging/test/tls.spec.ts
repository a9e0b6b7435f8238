import { AmqpDeadLetters, amqpTransport } from '@tidegate/messaging';
import { amqpTests, certificatePath, eventually, localhostCertificate, testBroker } from '@tidegate/testing';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';

amqpTests('RabbitMQ over TLS', () => {
  let broker: Awaited<ReturnType<typeof testBroker>>;
  let proxy: Server;
  const sockets = new Set<Socket>();
  beforeEach(async () => void (broker = await testBroker()));
  afterEach(async () => {
    for (const link of sockets) link.destroy();
    proxy.close();
    await broker.drop();
  });

  /** Starts a TLS proxy of the broker with the certificate for `localhost`. @returns its port */
  async function startTlsProxy(options: TlsOptions = {}): Promise<number> {
    const { hostname, port } = new URL(broker.url);
    proxy = createServer({ ...localhostCertificate(), ...options }, (client) => {
      const toBroker = connect(Number(port) || 5672, hostname);
      for (const socket of [client, toBroker]) {
        socket.on('error', () => undefined);
        sockets.add(socket.once('close', () => sockets.delete(socket)));
      }
      client.pipe(toBroker).pipe(client);
    }).listen(0, '127.0.0.1');
    proxy.on('tlsClientError', () => undefined);
    await once(proxy, 'listening');
    return (proxy.address() as AddressInfo).port;
  }

  function url(host: string, port: number, parameters: Record<string, string> = {}): string {
    const address = new URL(broker.url.replace(/^amqp:/, 'amqps:'));
    address.host = `${host}:${port}`;
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return address.href;
  }

  const trusted = { cacertfile: certificatePath('authority') };

  /** @returns `connected`, or the error */
  async function connectResult(AMQP_URL: string): Promise<string> {
    const options = { url: AMQP_URL, prefix: broker.prefix };
    try {
      const transport = await amqpTransport(options);
      await transport.check().finally(() => transport.close());
      // Another connection, which must support the same parameters.
      expect(await new AmqpDeadLetters(options).list(1)).toEqual([]);
      return 'connected';
    } catch (error) {
      return String(error);
    }
  }

  it('connects if authority and host are correct', async () => {
    expect(await connectResult(url('localhost', await startTlsProxy(), trusted))).toBe('connected');
  });

  it('refuses a certificate of another authority', async () => {
    const port = await startTlsProxy();
    const reason = /unable to verify the first certificate|unable to get local issuer certificate/;
    const other = url('localhost', port, { cacertfile: certificatePath('other-authority') });
    expect(await connectResult(other)).toMatch(reason);
    expect(await connectResult(url('localhost', port))).toMatch(reason);
  });

  it('refuses a certificate for another host', async () => {
    expect(await connectResult(url('127.0.0.1', await startTlsProxy(), trusted))).toMatch(
      "does not match certificate's altnames: IP: 127.0.0.1",
    );
  });

  it('presents a client certificate to a broker that requires one', async () => {
    const ca = readFileSync(certificatePath('authority'));
    const port = await startTlsProxy({ ca, requestCert: true, rejectUnauthorized: true });
    const own = { certfile: certificatePath('localhost'), keyfile: certificatePath('localhost-key') };
    expect(await connectResult(url('localhost', port, { ...trusted, ...own }))).toBe('connected');
    expect(await connectResult(url('localhost', port, trusted))).not.toBe('connected');
  });

  it('reconnects over TLS after the connection was lost', async () => {
    const port = await startTlsProxy();
    const transport = await amqpTransport({ url: url('localhost', port, trusted), prefix: broker.prefix });
    for (const link of sockets) link.destroy();
    await eventually(() => expect(sockets.size).toBe(0));
    await eventually(() => transport.check());
    await transport.close();
  });
});
