import { type ScimProfile } from '@tidegate/scim';

/** Who is calling: a SCIM client, bound to one integration, or the administration. */
export type Caller = { kind: 'scim'; integrationId: string; profile: ScimProfile } | { kind: 'admin' };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read; undefined for strangers. */
    caller: Caller | undefined;
  }
}
