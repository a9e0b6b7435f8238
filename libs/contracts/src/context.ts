import { type ScimProfile } from '@tidegate/scim';
import { isObject } from './members.js';

/** The maker of a change. Holds ids only: names and e-mail addresses of people never travel with it. */
export type Actor = (
  | {
      kind: 'person';
      issuer: string;
      subject: string;
      /** The person's user in the integration of the change, where there is one. */
      userId?: string;
    }
  | {
      kind: 'apiKey';
      /** `configured` is the key of the configuration. */
      keyId: string;
      name: string;
      /** The person who made the key, or who made the key that made it. Absent for the configured key and its keys. */
      maker?: { issuer: string; subject: string; userId?: string };
    }
  | { kind: 'scim'; integrationId: string; credentialId: string }
  | { kind: 'okta'; logEventId: string }
  | { kind: 'system'; job: string }
) & {
  /** Where the call came from: an IPv4 /24 or an IPv6 /48. Absent when there was no call. */
  network?: string;
};

/** What a command carries besides its data. It is opaque to the transports. */
export interface CommandContext {
  actor: Actor;
  /** How the integration's client speaks SCIM; absent means `DEFAULT_PROFILE`. */
  scim?: ScimProfile;
  /**
   * Of a `groups.create`: the names of the groups to sync, when there are some. It counts until identity has received
   * the integration's event.
   */
  groupsToSync?: string[];
}

/** Why a change happened: every event carries it. */
export interface Cause {
  /** The HTTP request or job that caused the change. */
  requestId: string;
  actor: Actor;
}

/** @returns the cause of a change that a job makes by itself */
export function systemCause(job: string, requestId: string): Cause {
  return { requestId, actor: { kind: 'system', job } };
}

/** Of each kind, the member that identifies the actor. */
const IDENTIFIED_BY: Record<string, string> = {
  person: 'subject',
  apiKey: 'keyId',
  scim: 'credentialId',
  okta: 'logEventId',
  system: 'job',
} satisfies Record<Actor['kind'], string>;

/** Whether a member of an envelope is an actor. The sender is a service of the same release: the rest is its type's. */
export function isActor(value: unknown): value is Actor {
  if (!isObject(value) || typeof value.kind !== 'string' || !Object.hasOwn(IDENTIFIED_BY, value.kind)) return false;
  return typeof value[IDENTIFIED_BY[value.kind]!] === 'string';
}

/** Whether a member of an envelope is the context of a command: all that a transport asks about it. */
export function checkContext(value: unknown): value is CommandContext {
  if (!isObject(value) || !isActor(value.actor)) return false;
  const { scim, groupsToSync } = value;
  if (scim !== undefined && !isObject(scim)) return false;
  return (
    groupsToSync === undefined || (Array.isArray(groupsToSync) && groupsToSync.every((n) => typeof n === 'string'))
  );
}
