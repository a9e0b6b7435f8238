import { createServer } from 'node:net';
import { once } from 'node:events';

/** Tries the port before anything else is started. @throws the system's EADDRINUSE when something listens there */
export async function refuseBusyPort(port: number): Promise<void> {
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
