import { Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { note } from '../http/provisioning-log.js';
import { type ScimAttributes } from '@tidegate/scim';
import { isInPieces, type ScimAnswer } from './answer.js';
import { isUnchanged } from './etag.rule.js';

/** Without a charset, for the type has none: JSON is UTF-8 (RFC 7644 §8.1, RFC 8259 §11). */
export const SCIM_TYPE = 'application/scim+json';

/** The JSON of a body. As bytes, for to the type of a text Fastify would append a charset. */
export const bytesOf = (body: object): Buffer => Buffer.from(JSON.stringify(body));

/** Answers with a SCIM body, made into text once. */
export function sendScim(reply: FastifyReply, status: number, body: ScimAttributes): void {
  sendAnswer(reply, { status, body });
}

/**
 * Answers with what an operation gave: what comes in pieces goes out as fast as it is read, and to whom has it already
 * nothing but that (RFC 9110 §15.4.5). Whatever concerns one resource names it: Location as in the examples of RFC 7644
 * §3, with 200 and 204 too, and Content-Location for what the body shows (RFC 7643 §3.1).
 */
export function sendAnswer(
  reply: FastifyReply,
  { status, location, version, body, target, operations }: ScimAnswer,
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

/** Who asks for the head does not need the body to be fetched. */
const streamOf = (pieces: AsyncIterable<string>, method: string): Readable =>
  Readable.from(method === 'HEAD' ? [] : pieces);
