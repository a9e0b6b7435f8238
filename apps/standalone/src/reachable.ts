import { amqpTransport } from '@tidegate/messaging';
import { once } from 'node:events';
import { createServer } from 'node:net';
import pg from 'pg';

/** Tries the port before anything is started. @throws the system's EADDRINUSE when something listens there */
export async function refuseBusyPort(port: number): Promise<void> {
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/** Tries servers before the services are started, so that one sentence tells what is wrong instead of one from each. */
export async function refuseUnreachable(databaseUrl: string, amqpUrl: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  await client.end();
  await (await amqpTransport({ url: amqpUrl, prefix })).close();
}
