import { Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { type ScimAttributes } from '@tidegate/scim';
import { isInPieces, type ScimAnswer } from './answer.js';

/** With the charset, which Entra ID asks for. */
export const SCIM_TYPE = 'application/scim+json; charset=utf-8';

/** Answers with a SCIM body, made into text once. */
export function sendScim(reply: FastifyReply, status: number, body: ScimAttributes): void {
  sendAnswer(reply, { status, body });
}

/** Answers with what an operation gave; what comes in pieces goes out as fast as it is read. */
export function sendAnswer(reply: FastifyReply, { status, location, body }: ScimAnswer): void {
  reply.status(status);
  if (status === 201 && location !== undefined) reply.header('location', location);
  if (body === undefined) {
    reply.send();
    return;
  }
  reply.type(SCIM_TYPE).send(isInPieces(body) ? Readable.from(body) : JSON.stringify(body));
}
