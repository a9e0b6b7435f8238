import { type Event, type EventName } from '@tidegate/contracts';
import { inProcessTransport, type EventPublisher, type Transport } from '@tidegate/messaging';
import { eventually, freshDatabase, TEST_ACTOR, type TestDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { createIdentity, type Identity } from '../src/create.js';

// The complete service, with a subscriber that records the events.
let transport: Transport;
/** Delivers events of the gateway. */
let gateway: EventPublisher;
let fresh: TestDatabase;
let identity: Identity;
let received: Event[];

const integrationId = uuidv7();
const options = () => ({
  integrationIds: [integrationId],
  requestId: 'test',
  deadlineAt: Date.now() + 300_000,
  context: { actor: TEST_ACTOR },
});

beforeAll(async () => {
  fresh = await freshDatabase();
  const inner = inProcessTransport();
  gateway = inner.publisher('gateway');
  const subscriber: EventPublisher = {
    destinations: () => ['access-flow'], // represents all subscribers
    deliver: (event) => {
      received.push(event);
      return Promise.resolve({ outcome: 'done' });
    },
  };
  transport = { ...inner, publisher: () => subscriber };
  identity = await createIdentity({ databaseUrl: fresh.url, poolSize: 12, logLevel: 'silent' }, transport);
});
afterAll(async () => {
  await identity.stop();
  await transport.close();
  await fresh.drop();
});
beforeEach(() => void (received = []));

const receivedNames = (): EventName[] => received.map(({ name }) => name);

it('replies to commands and publishes an event for each change', async () => {
  const client = transport.client('gateway');
  const user = await client.ask('users.create', options(), { attributes: { userName: 'alice' } });
  const operations = [{ op: 'replace' as const, value: { active: false } }];
  await client.ask('users.patch', { ...options(), urgent: true }, { id: user.id, operations });
  const found = await client.ask('users.list', options(), {
    filter: 'userName eq "ALICE"',
    startIndex: 1,
    count: 1,
    baseUrl: '',
  });
  expect(found.items).toMatchObject([{ id: user.id, active: false, version: 2 }]);
  // Each lane has its own relay, so the urgent event can arrive first.
  await eventually(() =>
    expect(receivedNames().sort()).toEqual(['user.created', 'user.deactivated', 'user.profile.changed']),
  );
  const event = received.find(({ name }) => name === 'user.deactivated');
  expect(event).toMatchObject({ integrationId, subject: user.id, version: 2, requestId: 'test', actor: TEST_ACTOR });
});

it('refuses a command with a code', async () => {
  const client = transport.client('gateway');
  const missing = client.ask('groups.get', options(), { id: 'nope', withMembers: true });
  await expect(missing).rejects.toMatchObject({ code: 'notFound' });
  const wrong = client.ask('users.list', options(), { filter: 'password pr', startIndex: 1, count: 1, baseUrl: '' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalidFilter' });
});

it('handles the removal of an integration', async () => {
  const removedId = uuidv7();
  const client = transport.client('gateway');
  const removed: Event<'integration.removed'> = {
    id: uuidv7(),
    name: 'integration.removed',
    integrationId: removedId,
    subject: removedId,
    version: 2,
    time: new Date().toISOString(),
    requestId: 'test',
    actor: TEST_ACTOR,
    data: {
      integrationId: removedId,
      name: 'Okta',
      type: 'okta-scim',
      status: 'active',
      groupsToSync: [],
      groupsToSyncVersion: 1,
      profileAttributes: [],
      profileAttributesVersion: 0,
      managerAttribute: null,
      disabled: false,
      disablements: 0,
      removed: true,
      version: 2,
    },
  };
  await client.ask(
    'users.create',
    { ...options(), integrationIds: [removedId] },
    { attributes: { userName: 'alice' } },
  );
  expect(await gateway.deliver(removed, 'identity')).toEqual({ outcome: 'done' });
  const late = client.ask(
    'users.create',
    { ...options(), integrationIds: [removedId] },
    { attributes: { userName: 'bob' } },
  );
  await expect(late).rejects.toMatchObject({ code: 'notFound' });
});

it('reports that it is ready, and its metrics contain no personal data', async () => {
  const ready = await identity.app.inject({ url: '/readyz' });
  expect([ready.statusCode, ready.json()]).toEqual([
    200,
    { status: 'ok', checks: { database: 'ok', messaging: 'ok' } },
  ]);
  await eventually(async () => {
    const metrics = (await identity.app.inject({ url: '/metrics' })).body;
    expect(metrics).toMatch(/tidegate_command_duration_seconds_count\{.*name="users.create".*outcome="done".*\} \d/);
    expect(metrics).toMatch(/tidegate_command_duration_seconds_count\{.*outcome="refused".*\} \d/);
    expect(metrics).toMatch(/tidegate_outbox_unpublished\{.*\} 0/);
    expect(metrics).not.toContain('alice');
  });
});
