import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Received {
  method: string;
  url: string;
  /** Names and values alternately, as received. */
  rawHeaders: string[];
  body: string;
}
export interface Reply {
  status: number;
  headers?: OutgoingHttpHeaders;
  body?: unknown;
}

/** A local HTTP server that records all requests and sends the replies of `respond`; null: no response. */
export async function recordingServer(respond: (received: Received) => Reply | null | Promise<Reply | null>) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const entry: Received = {
        method: request.method ?? '',
        url: request.url ?? '',
        rawHeaders: request.rawHeaders,
        body: await text(request),
      };
      received.push(entry);
      const reply = await respond(entry);
      if (reply === null) return;
      response.writeHead(reply.status, { 'Content-Type': 'application/scim+json', ...reply.headers });
      const { body = '' } = reply;
      response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** @returns one line per request: `GET /Users?…`, `PATCH /Groups/g1 {…}` */
    lines: () => received.map(({ method, url, body }) => `${method} ${url}${body && ` ${body}`}`),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
