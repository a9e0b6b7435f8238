import { type Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { ERROR_URN } from '@tidegate/scim';

/** Faults of Node's parser that have a status of their own (RFC 6585 §5, RFC 9110 §15.5.9). */
const STATUSES: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The address and the headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/**
 * Answers what is no HTTP request that could be routed, and closes the connection. Its address was not read, so the body
 * is the SCIM Error: that is what most callers here understand.
 */
export function answerUnreadable({ code }: Error & { code?: string }, socket: Socket): void {
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
