import { type Credential } from '../callers/caller.js';
import { type Act, type Result } from './operation.rule.js';

/** An entry of the provisioning log. It refers to users and groups by id only; their data is in identity. */
export interface Entry extends Act {
  /** UUIDv7 with the time of the response. */
  id: string;
  integrationId: string;
  targetId: string | null;
  result: Result;
  /** HTTP status of the response. */
  status: number;
  scimType: string | null;
  /** The error message of a refused or failed call. */
  detail: string | null;
  durationMs: number;
  requestId: string;
  credential: Credential;
  /** The network of the caller. */
  clientNetwork: string | null;
}

/** A stored entry, with a keyed hash of the name of the target, for searches by name. */
export type NewEntry = Entry & { nameHash: Buffer | null };

/** The resource of an operation. */
export interface Target {
  id?: string | undefined;
  /** userName of a user, displayName of a group. */
  name?: string | undefined;
  /** Whether the user is inactive after the operation. */
  inactive?: boolean;
}

/** The result of one operation of a bulk request. */
export interface BulkNote extends Act {
  status: number;
  durationMs: number;
  target?: Target | undefined;
  error?: { scimType?: string; detail: string } | undefined;
}

/** What a SCIM handler reports about its call for the log. */
export interface Noted {
  target?: Target | undefined;
  error?: { scimType?: string; detail: string } | undefined;
  operations?: readonly BulkNote[] | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** For the provisioning log; undefined before the handler reports. */
    noted: Noted | undefined;
  }
}
