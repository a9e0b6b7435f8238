import { AUTH_TYPES, type CloudEvent } from '../cloud-event.js';
import { type ActingPerson, type Actor } from '../context.js';
import { id, type Fields, objectOf, type ObjectSchema, optional, type Schema, text, time } from './schema.js';

/** The fields that this release publishes. Only events of earlier releases can have no actor and no `dataschema`. */
type PublishedEvent = Omit<CloudEvent, 'authtype' | 'authid' | 'authclaims' | 'dataschema'> &
  Required<Pick<CloudEvent, 'authtype' | 'authid' | 'authclaims' | 'dataschema'>>;

export const ENVELOPE_SCHEMA: ObjectSchema = objectOf<PublishedEvent>({
  specversion: { const: '1.0', description: 'The version of CloudEvents.' },
  id: id('The id of the event, the same on every delivery.'),
  source: text('The publisher.'),
  type: text('The name of the event.'),
  subject: id('Id of the user, group, integration, request, grant or API key that changed.'),
  time: time('The time at which the change was committed.'),
  sequence: { type: 'string', pattern: String.raw`^\d{1,15}$`, description: 'The version of the subject.' },
  integrationid: optional(
    id('The integration of the subject. Absent from events of the system, which belong to none.'),
  ),
  requestid: {
    type: 'string',
    maxLength: 64,
    description: 'The id of the HTTP request or the job that caused the change.',
  },
  authtype: { type: 'string', enum: AUTH_TYPES, description: 'The kind of actor.' },
  authid: text('The id of the actor.'),
  authclaims: {
    type: 'string',
    contentMediaType: 'application/json',
    contentSchema: { $ref: '#/components/schemas/Actor' },
    description: 'The actor in JSON.',
  },
  traceparent: optional({
    type: 'string',
    pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
    description: 'W3C trace context of the call or job that caused the change.',
  }),
  tracestate: optional({
    type: 'string',
    maxLength: 512,
    description: 'The `tracestate` of W3C trace context, if the call had one.',
  }),
  datacontenttype: { const: 'application/json' },
  dataschema: {
    type: 'string',
    pattern: String.raw`^urn:tidegate:event:[a-z_.]+:\d+$`,
    description: "The event's name and the version of its data. A new version adds fields and changes none.",
  },
  data: { type: 'object', description: 'The data of the event.' },
});

type ActorOf<K extends Actor['kind']> = Extract<Actor, { kind: K }>;

const PERSON: Fields<ActingPerson> = {
  issuer: text('The issuer of the login provider.'),
  subject: text('The id of the person at the login provider.'),
  userId: optional(id('Id of the user of the person in the integration, if the person has one.')),
};

/** The fields of each kind of actor, without those that all kinds have. No event has the kind `okta`. */
const ACTORS: { [K in Exclude<Actor['kind'], 'okta'>]: Fields<Omit<ActorOf<K>, 'kind' | 'network'>> } = {
  person: PERSON,
  apiKey: {
    keyId: text('Id of the API key; `configured` is the root key.'),
    name: text('The name of the API key.'),
    maker: optional({
      ...objectOf(PERSON),
      description: 'The person who created the key, or the key that created it. Absent if the root key did.',
    }),
  },
  scim: {
    integrationId: id('Id of the integration.'),
    credentialId: id('Id of the SCIM credential.'),
  },
  system: { job: text('The job of Tidegate.') },
};

export const ACTOR_SCHEMA: Schema = {
  description: 'The maker of a change, by `kind`.',
  oneOf: Object.entries<Fields<object>>(ACTORS).map(([kind, fields]) =>
    objectOf<{ kind: string; network?: string }>({
      kind: { const: kind },
      ...fields,
      network: optional(text('The IPv4 /24 or IPv6 /48 network of the call. Absent if there was no call.')),
    }),
  ),
};
