import { type Actor, isActor } from './context.js';
import {
  type Check,
  checkEnvelope,
  digits,
  isObject,
  isString,
  object,
  optional,
  shortString,
  string,
  time,
  uuid,
} from './envelope-checks.js';
import { type Event, type EventName, EVENTS, isEventName } from './events.js';

/**
 * A published event: CloudEvents 1.0 in JSON with the extensions Sequence (the version), Auth Context (the actor) and
 * Distributed Tracing.
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
  authtype?: AuthType;
  authid?: string;
  /** The whole actor in JSON. */
  authclaims?: string;
  traceparent?: string;
  tracestate?: string;
  datacontenttype: string;
  dataschema?: string;
  data: Event['data'];
}

/** The checks of events that this release has. `dataschema` is not checked because its versions only add fields. */
const CHECKS: Readonly<Record<Exclude<keyof CloudEvent, 'type' | 'traceparent' | 'tracestate' | 'dataschema'>, Check>> =
  {
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
/** The checks of a CloudEvent whose type this release does not have. */
const CHECKS_OF_UNKNOWN = { specversion: CHECKS.specversion, id: string, source: string };
const CHECKS_OF_SYSTEM = { ...CHECKS, integrationid: optional(uuid) };

/** @returns the `source` of the event: its publisher */
export function sourceOf(name: EventName): string {
  return `/tidegate/${EVENTS[name].publisher}`;
}

/** @returns the name and version of the schema of the event's data */
export function dataSchemaOf(name: EventName): string {
  return `urn:tidegate:event:${name}:${EVENTS[name].schema ?? 1}`;
}

/** @returns the routing key, by which other teams bind to events, to integrations and to events of the system */
export function routingKeyOf({ name, integrationId }: Pick<Event, 'name' | 'integrationId'>): string {
  return `${name}.${integrationId ?? 'system'}`;
}

/** @returns the event as it is published */
export function toCloudEvent(event: Event): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: sourceOf(event.name),
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
 * @param message the parsed message; its trace context is not checked
 * @returns the event, or undefined if this release does not have an event of that name
 * @throws Error with all failed checks
 */
export function fromCloudEvent(message: unknown): Event | undefined {
  if (isObject(message) && isString(message.type) && message.type !== '' && !isEventName(message.type)) {
    checkEnvelope(CHECKS_OF_UNKNOWN, message);
    return undefined;
  }
  const type: Check = [isEventName, 'must be the name of an event'];
  const isSystem = isObject(message) && isEventName(message.type) && EVENTS[message.type].system === true;
  const event = checkEnvelope<CloudEvent>({ ...(isSystem ? CHECKS_OF_SYSTEM : CHECKS), type }, message);
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

/** The actor of events that a process of the previous release published without one. */
const UNKNOWN: Actor = { kind: 'system', job: 'upgrade' };

/** The values of `authtype` that Tidegate uses (cloudevents/extensions/authcontext.md). */
export const AUTH_TYPES = ['user', 'api_key', 'service_account', 'system'] as const;
type AuthType = (typeof AUTH_TYPES)[number];

const AUTH_TYPE_OF: Record<Actor['kind'], AuthType> = {
  person: 'user',
  apiKey: 'api_key',
  scim: 'service_account',
  okta: 'system',
  system: 'system',
};

function authContext(actor: Actor): Pick<CloudEvent, 'authtype' | 'authid' | 'authclaims'> {
  return { authtype: AUTH_TYPE_OF[actor.kind], authid: authId(actor), authclaims: JSON.stringify(actor) };
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
