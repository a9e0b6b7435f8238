import { amqpTransport } from '@tidegate/messaging';
import { once } from 'node:events';
import { createServer } from 'node:net';
import pg from 'pg';

/** Checks before the start that the port is free. @throws EADDRINUSE if it is in use, EADDRNOTAVAIL for an address of another machine */
export async function refuseBusyPort(port: number, address: string): Promise<void> {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/** Checks the connections before the start, so that an error is reported once and not by each service. @throws the connection error */
export async function refuseUnreachable(databaseUrl: string, amqpUrl: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.end();
  await (await amqpTransport({ url: amqpUrl, prefix })).close();
}
