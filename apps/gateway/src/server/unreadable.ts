import { type Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { ERROR_URN } from '@tidegate/scim';

/** Parser errors of Node with a specific status (RFC 6585 §5, RFC 9110 §15.5.9). */
const STATUSES: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The URL and headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/**
 * Responds to malformed HTTP and closes the connection. The route is unknown, so the body is a SCIM Error, for the most
 * frequent clients.
 */
export function refuseMalformedRequest({ code }: Error & { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const [status, detail] = STATUSES[code ?? ''] ?? [400, 'The request is malformed.'];
  const body = JSON.stringify({ schemas: [ERROR_URN], status: String(status), detail });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy();
}
