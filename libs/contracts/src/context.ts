import { type ScimProfile } from '@tidegate/scim';
import { isObject } from './envelope-checks.js';

/** A person at a login provider. */
export interface ActingPerson {
  issuer: string;
  subject: string;
  /** The person's user in the integration of the change, if there is one. */
  userId?: string;
}

/** The maker of a change. Contains ids, never names or e-mail addresses of people. */
export type Actor = ActorOf<ActingPerson>;

/** An actor in a reply or response: with the name of each user that it contains. It is never stored or published. */
export type NamedActor = ActorOf<ActingPerson & { userName?: string }>;

type ActorOf<Acting extends ActingPerson> = (
  | ({ kind: 'person' } & Acting)
  | {
      kind: 'apiKey';
      /** `configured` is the root key. */
      keyId: string;
      name: string;
      /** The person who created the key, or the key that created it. Absent if the root key did. */
      maker?: Acting;
    }
  | { kind: 'scim'; integrationId: string; credentialId: string }
  | { kind: 'okta'; logEventId: string }
  | { kind: 'system'; job: string }
) & {
  /** The network of the call: an IPv4 /24 or an IPv6 /48. Absent if there was no call. */
  network?: string;
};

/** The context of a command. The transports do not interpret it. */
export interface CommandContext {
  actor: Actor;
  /** How the integration's client uses SCIM. Absent means `DEFAULT_PROFILE`. */
  scim?: ScimProfile;
  /** Only in `groups.create`: the groups to sync, if not all. Used until identity has received the integration's event. */
  groupsToSync?: string[];
}

/** The cause of a change. Every event contains it. */
export interface Cause {
  /** The HTTP request or job that caused the change. */
  requestId: string;
  actor: Actor;
}

/** @returns the cause of a change by a job */
export function systemCause(job: string, requestId: string): Cause {
  return { requestId, actor: { kind: 'system', job } };
}

/** The field that identifies the actor, by kind. */
const IDENTIFIED_BY: Record<string, string> = {
  person: 'subject',
  apiKey: 'keyId',
  scim: 'credentialId',
  okta: 'logEventId',
  system: 'job',
} satisfies Record<Actor['kind'], string>;

/** @returns whether a value has the kind and the identifying field of an actor. The other fields are not checked. */
export function isActor(value: unknown): value is Actor {
  if (!isObject(value) || typeof value.kind !== 'string' || !Object.hasOwn(IDENTIFIED_BY, value.kind)) return false;
  return typeof value[IDENTIFIED_BY[value.kind]!] === 'string';
}

/** @returns whether a value is the context of a command */
export function checkContext(value: unknown): value is CommandContext {
  if (!isObject(value) || !isActor(value.actor)) return false;
  const { scim, groupsToSync } = value;
  if (scim !== undefined && !isObject(scim)) return false;
  return (
    groupsToSync === undefined || (Array.isArray(groupsToSync) && groupsToSync.every((n) => typeof n === 'string'))
  );
}
