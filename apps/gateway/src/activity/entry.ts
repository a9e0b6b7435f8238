import { type Credential } from '../callers/caller.js';
import { type EntryEntity } from './entry.entity.js';
import { type Act } from './operation.rule.js';

/** An entry to store. */
export interface NewEntry extends Omit<EntryEntity, 'credentialKind' | 'credentialId'> {
  credential: Credential;
}

/** An entry as it is shown. */
export type Entry = Omit<NewEntry, 'nameHash'>;

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
