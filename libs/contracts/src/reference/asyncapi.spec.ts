import { fastify } from 'fastify';
import { toCloudEvent } from '../cloud-event.js';
import { type Actor } from '../context.js';
import { type EventDataTypes } from '../event-data.js';
import { type Event, EVENT_NAMES, type EventName, EVENTS } from '../events.js';
import { asyncApiDocument } from './asyncapi.js';
import { EVENT_DATA_SCHEMAS } from './event-data.schemas.js';
import { type Schema } from './schema.js';

const DOCUMENT = asyncApiDocument('1.0.0');
const PUBLIC_EVENTS = EVENT_NAMES.filter((name) => !EVENTS[name].internal);
const ID = '01a20a8f-b603-7635-85c1-9ae9e0aae84b';
const TIME = '2026-11-23T22:38:40.122Z';

const USER = {
  userId: ID,
  userName: 'alice@acme.example',
  displayName: null,
  externalId: '00u1',
  active: true,
  deleted: false,
  deactivations: 0,
  version: 1,
};
const GROUP = {
  groupId: ID,
  displayName: 'On-call',
  externalId: null,
  deleted: false,
  synced: true,
  syncVersion: 1,
  version: 1,
};
const DATA: EventDataTypes = {
  IntegrationState: {
    integrationId: ID,
    name: 'Acme Okta',
    type: 'okta-scim',
    status: 'active',
    groupsToSync: ['On-call'],
    groupsToSyncVersion: 1,
    profileAttributes: [],
    profileAttributesVersion: 0,
    managerAttribute: null,
    disabled: false,
    disablements: 0,
    removed: false,
    version: 1,
  },
  UserState: USER,
  UserProfile: { ...USER, attributes: { title: 'Engineer' }, attributesVersion: 0 },
  GroupState: GROUP,
  GroupMembersChanged: {
    ...GROUP,
    changes: [{ userId: ID, present: true }],
    groupChanges: [{ groupId: ID, present: false }],
    chunk: 0,
    chunks: 1,
  },
  RequestNotification: {
    requestId: ID,
    reason: 'decision_required',
    recipients: [
      { kind: 'user', id: ID },
      { kind: 'administrators', id: null },
    ],
    step: 0,
    version: 1,
  },
  RequestState: {
    requestId: ID,
    kind: 'access',
    flowId: ID,
    userId: ID,
    groupId: ID,
    status: 'cancelled',
    reason: 'withdrawn',
    version: 2,
  },
  GrantState: {
    grantId: ID,
    requestId: ID,
    userId: ID,
    groupId: ID,
    status: 'active',
    endReason: null,
    endsAt: TIME,
    version: 3,
  },
  ApiKeyState: { keyId: ID, scopes: null, integrationIds: [ID], expiresAt: null, revoked: false, version: 1 },
};
const ACTORS: Actor[] = [
  { kind: 'person', issuer: 'https://acme.example', subject: 'alice', userId: ID, network: '192.0.2.0/24' },
  { kind: 'apiKey', keyId: 'configured', name: 'root', maker: { issuer: 'https://acme.example', subject: 'dan' } },
  { kind: 'scim', integrationId: ID, credentialId: ID },
  { kind: 'system', job: 'expiry' },
];

function published(name: EventName, actor: Actor = ACTORS[0]!) {
  const event = {
    id: ID,
    name,
    integrationId: EVENTS[name].system ? null : ID,
    subject: ID,
    version: 1,
    time: TIME,
    requestId: ID,
    actor,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    data: DATA[EVENTS[name].data],
  } as Event;
  return toCloudEvent(event);
}

const { schemas, messages } = DOCUMENT.components;
/** A server that validates bodies: the path is the name of an event, a data type or `Actor`. */
const server = fastify({
  ajv: {
    customOptions: {
      coerceTypes: false,
      removeAdditional: false,
      useDefaults: false,
      strictTypes: false,
      keywords: ['components'],
    },
  },
});
const SCHEMAS: Record<string, Schema> = { ...EVENT_DATA_SCHEMAS, Actor: schemas.Actor };
for (const [name, { payload }] of Object.entries(messages)) SCHEMAS[name] = payload;
for (const [name, schema] of Object.entries(SCHEMAS))
  server.post(`/${name}`, { schema: { body: { ...schema, components: { schemas } } } }, () => 'valid');
afterAll(() => server.close());

/** @returns `valid`, or the first error */
async function validate(name: string, value: object): Promise<string> {
  const response = await server.inject({ method: 'POST', url: `/${name}`, payload: value });
  return response.statusCode === 200 ? response.body : response.json<{ message: string }>().message;
}

it('describes all events that are not internal', () => {
  for (const part of [DOCUMENT.channels, DOCUMENT.operations, DOCUMENT.components.messages])
    expect(Object.keys(part)).toEqual(PUBLIC_EVENTS);
});

it.each(PUBLIC_EVENTS)('the schema of %s accepts a published event', async (name) => {
  expect(await validate(name, published(name))).toBe('valid');
});

it.each(PUBLIC_EVENTS)('the schema of %s rejects other events, missing data and a missing actor', async (name) => {
  const { authclaims: _, ...withoutActor } = published(name);
  const other = name === 'user.created' ? 'user.updated' : 'user.created';
  expect(await validate(name, published(other))).toMatch(/^body\//);
  expect(await validate(name, { ...published(name), data: {} })).toMatch(/^body\/data must have required property/);
  expect(await validate(name, withoutActor)).toBe("body must have required property 'authclaims'");
});

it.each(PUBLIC_EVENTS)('the schema of %s requires an integration unless it is an event of the system', async (name) => {
  const { integrationid: _, ...event } = published(name);
  const expected = EVENTS[name].system ? 'valid' : "body must have required property 'integrationid'";
  expect(await validate(name, event)).toBe(expected);
});

it.each(Object.keys(DATA) as (keyof EventDataTypes)[])('the schema of %s describes all of its fields', async (name) => {
  const { properties } = EVENT_DATA_SCHEMAS[name];
  expect(await validate(name, DATA[name])).toBe('valid');
  expect(Object.keys(properties)).toEqual(Object.keys(DATA[name]));
  expect(Object.values(properties).every(({ description }) => description)).toBe(true);
});

it('groupChanges is the only optional field', () => {
  const optional = Object.entries(EVENT_DATA_SCHEMAS).flatMap(([type, { properties, required }]) =>
    Object.keys(properties).flatMap((name) => (required.includes(name) ? [] : `${type}.${name}`)),
  );
  expect(optional).toEqual(['GroupMembersChanged.groupChanges']);
});

it.each([
  ['RequestState', { reason: 'expired' }],
  ['RequestState', { status: 'active' }],
  ['GrantState', { endReason: 'withdrawn' }],
  ['GrantState', { endsAt: 'tomorrow' }],
  ['UserState', { userId: 'alice' }],
  ['UserState', { displayName: 1 }],
  ['GroupMembersChanged', { changes: [{ userId: ID }] }],
] as const)('the schema of %s rejects %j', async (name, change) => {
  expect(await validate(name, { ...DATA[name], ...change })).toMatch(/^body\//);
});

it.each(ACTORS)('the schema of actors accepts $kind', async (actor) => {
  const { authclaims = '' } = published('grant.ended', actor);
  expect(await validate('Actor', JSON.parse(authclaims) as object)).toBe('valid');
});

it('the schema of actors rejects an actor without its identifying field', async () => {
  expect(await validate('Actor', { kind: 'system' })).not.toBe('valid');
});

it('all references lead to a part of the document', () => {
  const references = [...JSON.stringify(DOCUMENT).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
  const partOf = (path: string) =>
    path.split('/').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], DOCUMENT);
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter((path) => partOf(path) === undefined)).toEqual([]);
});
