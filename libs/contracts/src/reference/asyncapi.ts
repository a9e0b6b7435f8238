import { dataSchemaOf, routingKeyOf, sourceOf } from '../cloud-event.js';
import { EVENT_NAMES, type EventName, EVENTS } from '../events.js';
import { ACTOR_SCHEMA, ENVELOPE_SCHEMA } from './envelope.schemas.js';
import { EVENT_DATA_SCHEMAS } from './event-data.schemas.js';
import { type Schema } from './schema.js';

const CONTENT_TYPE = 'application/cloudevents+json';
const { UserProfile: _, ...SCHEMAS } = EVENT_DATA_SCHEMAS;
const PUBLIC_EVENTS = EVENT_NAMES.filter((name) => !EVENTS[name].internal);

/**
 * @param version the version of Tidegate
 * @returns the AsyncAPI 3.0 document of all events that other teams can bind to
 */
export function asyncApiDocument(version: string) {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tidegate events',
      version,
      description:
        'Changes in Tidegate, as CloudEvents 1.0 on RabbitMQ. Delivered at least once and in any order; ' +
        '`sequence` orders the events of one subject. See events.md.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: CONTENT_TYPE,
    servers: { rabbitmq: { host: 'rabbitmq:5672', protocol: 'amqp' } },
    channels: ofEach(channelOf),
    operations: ofEach(operationOf),
    components: {
      parameters: { integrationId: { description: 'Id of the integration, a UUID.' } },
      channelBindings: {
        events: {
          amqp: {
            is: 'routingKey',
            exchange: { name: 'tidegate.events', type: 'topic', durable: true, autoDelete: false },
            bindingVersion: '0.3.0',
          },
        },
      },
      messages: ofEach(messageOf),
      schemas: { Envelope: ENVELOPE_SCHEMA, Actor: ACTOR_SCHEMA, ...SCHEMAS },
    },
  };
}

const refTo = (path: string) => ({ $ref: `#/${path}` });

function ofEach<T>(part: (name: EventName) => T): Record<string, T> {
  return Object.fromEntries(PUBLIC_EVENTS.map((name) => [name, part(name)]));
}

function channelOf(name: EventName) {
  const { system } = EVENTS[name];
  return {
    address: routingKeyOf({ name, integrationId: system ? null : '{integrationId}' }),
    ...(!system && { parameters: { integrationId: refTo('components/parameters/integrationId') } }),
    messages: { [name]: refTo(`components/messages/${name}`) },
    bindings: refTo('components/channelBindings/events'),
  };
}

function operationOf(name: EventName) {
  const { description, publisher } = EVENTS[name];
  return {
    action: 'send',
    summary: description,
    channel: refTo(`channels/${name}`),
    tags: [{ name: publisher }],
  };
}

function messageOf(name: EventName) {
  const { description, system, data } = EVENTS[name];
  const payload: Schema = {
    ...(!system && { required: ['integrationid'] }),
    properties: {
      source: { const: sourceOf(name) },
      type: { const: name },
      dataschema: { const: dataSchemaOf(name) },
      data: refTo(`components/schemas/${data}`),
    },
  };
  return {
    name,
    title: description.replace(/\.$/, ''),
    contentType: CONTENT_TYPE,
    payload: { allOf: [refTo('components/schemas/Envelope'), payload] },
  };
}
