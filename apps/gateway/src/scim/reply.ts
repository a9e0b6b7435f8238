import { type FastifyReply } from 'fastify';
import { type ScimAttributes } from '@tidegate/scim';

/** With the charset, which Entra ID asks for. */
export const SCIM_TYPE = 'application/scim+json; charset=utf-8';

/** Answers with a SCIM body, made into text once. */
export function sendScim(reply: FastifyReply, status: number, body: ScimAttributes): void {
  reply.status(status).type(SCIM_TYPE).send(JSON.stringify(body));
}

/** Answers without a body. */
export function sendNothing(reply: FastifyReply): void {
  reply.status(204).send();
}
