import { type Actor, isActor } from './context.js';
import { type Event, type EventName, EVENTS, isEventName } from './events.js';
import {
  checkMembers,
  digits,
  isObject,
  isString,
  type Member,
  object,
  optional,
  shortString,
  string,
  time,
  uuid,
} from './members.js';

/**
 * An event on the wire: CloudEvents 1.0 in JSON, its version as the `sequence` extension, its actor as the Auth Context
 * extension (its claims are the whole actor in JSON) and its trace as the Distributed Tracing extension.
 */
export interface CloudEvent {
  specversion: string;
  id: string;
  source: string;
  type: EventName;
  subject: string;
  time: string;
  sequence: string;
  /** Absent when the event belongs to no integration. */
  integrationid?: string;
  requestid: string;
  authtype?: string;
  authid?: string;
  authclaims?: string;
  traceparent?: string;
  tracestate?: string;
  datacontenttype: string;
  dataschema?: string;
  data: Event['data'];
}

/** What every known event must have. `dataschema` is not checked: its versions only add fields. */
const MEMBERS: Readonly<
  Record<Exclude<keyof CloudEvent, 'type' | 'traceparent' | 'tracestate' | 'dataschema'>, Member>
> = {
  specversion: [(value) => value === '1.0', 'must be 1.0'],
  id: uuid,
  source: string,
  subject: uuid,
  time,
  sequence: digits,
  integrationid: uuid,
  requestid: shortString,
  authtype: optional(string),
  authid: optional(string),
  authclaims: optional([(value) => isString(value) && isActor(parsedOrUndefined(value)), 'must be an actor in JSON']),
  datacontenttype: string,
  data: object,
};
/** What every CloudEvent has beside its type, also one that this release does not know. */
const REQUIRED = { specversion: MEMBERS.specversion, id: string, source: string };
const SYSTEM_MEMBERS = { ...MEMBERS, integrationid: optional(uuid) };

/** @returns the name and version of the schema of the event's data */
export function dataSchemaOf(name: EventName): string {
  return `urn:tidegate:event:${name}:${EVENTS[name].schema ?? 1}`;
}

/** @returns the routing key: other teams bind to one event, to one integration, or to what belongs to none */
export function routingKeyOf({ name, integrationId }: Pick<Event, 'name' | 'integrationId'>): string {
  return `${name}.${integrationId ?? 'system'}`;
}

/** @returns the event as it is published */
export function toCloudEvent(event: Event): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/tidegate/${EVENTS[event.name].publisher}`,
    type: event.name,
    subject: event.subject,
    time: event.time,
    sequence: String(event.version),
    ...(event.integrationId !== null && { integrationid: event.integrationId }),
    requestid: event.requestId,
    ...authContext(event.actor),
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    ...(event.tracestate !== undefined && { tracestate: event.tracestate }),
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(event.name),
    data: event.data,
  };
}

/**
 * @param message the parsed message; its trace is not checked here
 * @returns the event, or undefined when this release does not know its name
 * @throws Error that names every fault
 */
export function fromCloudEvent(message: unknown): Event | undefined {
  if (isObject(message) && isString(message.type) && message.type !== '' && !isEventName(message.type)) {
    checkMembers(REQUIRED, message);
    return undefined;
  }
  const type: Member = [isEventName, 'must be the name of an event'];
  const isSystem = isObject(message) && isEventName(message.type) && EVENTS[message.type].system === true;
  const event = checkMembers<CloudEvent>({ ...(isSystem ? SYSTEM_MEMBERS : MEMBERS), type }, message);
  return {
    id: event.id,
    name: event.type,
    integrationId: event.integrationid ?? null,
    subject: event.subject,
    version: Number(event.sequence),
    time: event.time,
    requestId: event.requestid,
    actor: event.authclaims === undefined ? UNKNOWN : (JSON.parse(event.authclaims) as Actor),
    traceparent: event.traceparent,
    tracestate: event.tracestate,
    data: event.data,
  };
}

/** Of an event that a process of the release before published: it must be handled all the same. */
const UNKNOWN: Actor = { kind: 'system', job: 'upgrade' };

/** The types of the Auth Context extension (cloudevents/extensions/authcontext.md). */
const AUTH_TYPES: Record<Actor['kind'], string> = {
  person: 'user',
  apiKey: 'api_key',
  scim: 'service_account',
  okta: 'system',
  system: 'system',
};

function authContext(actor: Actor): Pick<CloudEvent, 'authtype' | 'authid' | 'authclaims'> {
  return { authtype: AUTH_TYPES[actor.kind], authid: authId(actor), authclaims: JSON.stringify(actor) };
}

function authId(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `${actor.issuer}#${actor.subject}`;
    case 'apiKey':
      return actor.keyId;
    case 'scim':
      return actor.credentialId;
    case 'okta':
      return actor.logEventId;
    case 'system':
      return actor.job;
  }
}

function parsedOrUndefined(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
