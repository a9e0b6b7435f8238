import { type Actor } from './context.js';
import { type EventDataTypes } from './event-data.js';
import { type Service } from './services.js';

interface EventRule {
  /** One sentence. */
  description: string;
  publisher: Service;
  /** Services that must handle the event. It stays in the publisher's outbox until each of them has a queue for it. */
  subscribers: readonly Service[];
  data: keyof EventDataTypes;
  urgent?: true;
  /** Published only to `subscribers`, never to the exchange that other teams bind to. */
  internal?: true;
  /** Can belong to no integration. */
  system?: true;
  /** Version of the schema of the data, by default 1. Each added field increments it. */
  schema?: number;
}

const INTEGRATION = {
  publisher: 'gateway',
  // None of these is urgent: the end of an integration can end thousands of grants, which would delay single deactivations.
  subscribers: ['identity', 'access-flow'],
  data: 'IntegrationState',
  schema: 2,
} as const;
const USER = { publisher: 'identity', subscribers: ['access-flow'], data: 'UserState' } as const;
const USER_OFFBOARDED = { ...USER, subscribers: ['access-flow', 'gateway'], urgent: true } as const;
// Not urgent either: a new list can remove thousands of groups at once.
const GROUP = { publisher: 'identity', subscribers: ['access-flow'], data: 'GroupState' } as const;
const REQUEST = { publisher: 'access-flow', subscribers: [], data: 'RequestState', schema: 2 } as const;
const GRANT = { publisher: 'access-flow', subscribers: [], data: 'GrantState' } as const;
const API_KEY = { publisher: 'gateway', subscribers: [], data: 'ApiKeyState', system: true } as const;

const RULES = {
  'integration.created': { ...INTEGRATION, description: 'An administrator added an integration.' },
  'integration.connected': { ...INTEGRATION, description: 'The first call with a valid credential arrived.' },
  'integration.updated': { ...INTEGRATION, description: 'The settings or the status of an integration changed.' },
  'integration.removed': { ...INTEGRATION, description: 'An administrator removed an integration; its grants end.' },
  'user.created': { ...USER, description: 'The identity provider created a user.' },
  'user.updated': { ...USER, description: 'Attributes of a user changed, but not `active`.' },
  'user.deactivated': { ...USER_OFFBOARDED, description: 'A user became inactive.' },
  'user.reactivated': { ...USER, description: 'A user became active again; earlier grants stay ended.' },
  'user.deleted': { ...USER_OFFBOARDED, description: 'A user was deleted; the id is never used again.' },
  'user.profile.changed': {
    ...USER,
    data: 'UserProfile',
    internal: true,
    description: 'Attributes that access rules can use changed.',
  },
  'group.created': { ...GROUP, description: 'The identity provider created a group.' },
  'group.renamed': { ...GROUP, description: 'The name or attributes of a group changed.' },
  'group.deleted': { ...GROUP, description: 'A group was deleted.' },
  'group.members.changed': {
    ...GROUP,
    data: 'GroupMembersChanged',
    description: 'Members were added to or removed from a group.',
  },
  'group.synced': { ...GROUP, description: 'A group was added to the groups to sync.' },
  'group.unsynced': { ...GROUP, description: 'A group was removed from the groups to sync.' },
  'request.created': { ...REQUEST, description: 'A request for a grant or an extension was made.' },
  'request.approved': { ...REQUEST, description: 'All steps of a request were approved, or its flow has none.' },
  'request.denied': { ...REQUEST, description: 'An approver denied a request.' },
  'request.cancelled': { ...REQUEST, description: 'A request was cancelled for the reason in `reason`.' },
  'request.expired': { ...REQUEST, description: 'A request was not reviewed in time.' },
  'request.notification.due': {
    publisher: 'access-flow',
    subscribers: [],
    data: 'RequestNotification',
    description: 'Users must be notified of a request. Its recipients are stored in its timeline.',
  },
  'grant.activated': { ...GRANT, description: 'The membership of a grant is in effect.' },
  'grant.revoking': { ...GRANT, description: 'A grant is ending; the target has not confirmed it yet.' },
  'grant.extended': { ...GRANT, description: 'The end of a grant was moved to a later time.' },
  'grant.ended': { ...GRANT, description: 'A grant ended; the target confirmed that the membership is removed.' },
  'api_key.created': { ...API_KEY, description: 'An API key was created.' },
  'api_key.revoked': { ...API_KEY, description: 'An API key was revoked.' },
} as const satisfies Record<string, EventRule>;

export type EventName = keyof typeof RULES;

/** The data of each event. */
export type EventPayloads = { [N in EventName]: EventDataTypes[(typeof RULES)[N]['data']] };

/** All events. `npm run docs` writes them to docs/asyncapi.yaml and docs/events.md. */
export const EVENTS: Readonly<Record<EventName, EventRule>> = RULES;

/** The names of the events, in the order of the documentation. */
export const EVENT_NAMES = Object.keys(RULES) as EventName[];

/** Names of events that can belong to no integration. */
export type SystemEventName = {
  [N in EventName]: (typeof RULES)[N] extends { system: true } ? N : never;
}[EventName];

/** The integration of an event: null only for events of the system. */
export type IntegrationOf<N extends EventName> = N extends SystemEventName ? string | null : string;

/** An event that belongs to an integration. */
export type EventOfIntegration = Event<Exclude<EventName, SystemEventName>>;

/** @returns whether a value is the name of an event that this release has */
export function isEventName(value: unknown): value is EventName {
  return typeof value === 'string' && Object.hasOwn(EVENTS, value);
}

/** A committed change. Delivered at least once and in any order; `version` orders the events of one subject. */
export interface Event<N extends EventName = EventName> {
  /** UUIDv7, the same on every delivery. */
  id: string;
  name: N;
  /** Null when the event belongs to no integration. */
  integrationId: IntegrationOf<N>;
  /** Id of the user, group, integration, request, grant or API key that changed. */
  subject: string;
  version: number;
  /** Time of the commit: UTC, ISO 8601. */
  time: string;
  /** The HTTP request or job that caused the change. */
  requestId: string;
  actor: Actor;
  /** W3C trace context of the change, with the trace id of the call that caused it. */
  traceparent?: string | undefined;
  tracestate?: string | undefined;
  data: EventPayloads[N];
}
