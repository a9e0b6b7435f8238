import { type Credential } from '../auth/caller.js';
import { type Act, type Result } from './operation.rule.js';

/** One line of the provisioning log. It names people and groups by id alone: who they are, identity knows. */
export interface Entry extends Act {
  /** In the order of the answers; holds the time of the answer. */
  id: string;
  integrationId: string;
  targetId: string | null;
  result: Result;
  /** HTTP status of the answer. */
  status: number;
  scimType: string | null;
  /** Why it was not done. */
  detail: string | null;
  durationMs: number;
  requestId: string;
  credential: Credential;
  /** The network of the caller. */
  clientNetwork: string | null;
}

/** An entry as it is kept: with a keyed hash of the target's name, so that whoever knows the name can find it. */
export type NewEntry = Entry & { nameHash: Buffer | null };

/** What an operation was about. */
export interface Target {
  id?: string | undefined;
  /** userName of a user, displayName of a group. */
  name?: string | undefined;
  /** Of a user that is inactive now. */
  inactive?: boolean;
}

/** What became of one operation of a bulk request. */
export interface BulkNote extends Act {
  status: number;
  durationMs: number;
  target?: Target | undefined;
  error?: { scimType?: string; detail: string } | undefined;
}

/** What whoever answers a SCIM call tells of it for the log. */
export interface Noted {
  target?: Target | undefined;
  error?: { scimType?: string; detail: string } | undefined;
  operations?: readonly BulkNote[] | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** For the provisioning log; undefined until something is known. */
    noted: Noted | undefined;
  }
}
