import { Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { note } from '../activity/provisioning-log.hook.js';
import { type ScimAttributes } from '@tidegate/scim';
import { isInPieces, type ScimResponse } from './response.js';
import { isUnchanged } from './etag.rule.js';

/** Without charset, which the type does not define: JSON is UTF-8 (RFC 7644 §8.1, RFC 8259 §11). */
export const SCIM_TYPE = 'application/scim+json';

/** @returns the JSON of a body as bytes: Fastify would append a charset to the type of a string */
export const bytesOf = (body: object): Buffer => Buffer.from(JSON.stringify(body));

/** Sends a SCIM body. */
export function sendScim(reply: FastifyReply, status: number, body: ScimAttributes): void {
  sendResponse(reply, { status, body });
}

/**
 * Sends the result of an operation; streams are sent as fast as the client reads. Reads with a matching If-None-Match get
 * 304 (RFC 9110 §15.4.5). Location is set for 200 and 204 too, as in the examples of RFC 7644 §3, and Content-Location if
 * there is a body (RFC 7643 §3.1).
 */
export function sendResponse(
  reply: FastifyReply,
  { status, location, version, body, target, operations }: ScimResponse,
): void {
  note(reply.request, { target, operations });
  const { method, headers } = reply.request;
  const isRead = method === 'GET' || method === 'HEAD';
  reply.status(status);
  if (version !== undefined) reply.header('etag', version);
  if (location !== undefined) reply.header('location', location);
  if (location !== undefined && body !== undefined) reply.header('content-location', location);
  if (isRead && version !== undefined && isUnchanged(headers['if-none-match'], version)) reply.status(304).send();
  else if (body === undefined) reply.send();
  else reply.type(SCIM_TYPE).send(isInPieces(body) ? streamOf(body, method) : bytesOf(body));
}

/** HEAD does not fetch the body. */
const streamOf = (pieces: AsyncIterable<string>, method: string): Readable =>
  Readable.from(method === 'HEAD' ? [] : pieces);
