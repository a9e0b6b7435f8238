import { type Event, type EventName } from '@tidegate/contracts';
import { inProcessTransport, type EventPublisher, type Transport } from '@tidegate/messaging';
import { eventually, freshDatabase, TEST_ACTOR, type TestDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { createIdentity, type Identity } from '../src/create.js';

/** Identity as it runs, with subscribers that write down what they are told. */
let transport: Transport;
/** Brings what other services tell. */
let publishers: EventPublisher;
let fresh: TestDatabase;
let identity: Identity;
let received: Event[];

const integrationId = uuidv7();
const asking = () => ({
  integrationIds: [integrationId],
  requestId: 'story',
  deadlineAt: Date.now() + 300_000,
  context: { actor: TEST_ACTOR },
});

beforeAll(async () => {
  fresh = await freshDatabase();
  const inner = inProcessTransport();
  publishers = inner.publisher('gateway');
  const subscriber: EventPublisher = {
    destinations: () => ['access-flow'], // one stands for all
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

it('answers commands and tells an event of each thing that happened, whose versions tell their order', async () => {
  const client = transport.client('gateway');
  const user = await client.ask('users.create', asking(), { attributes: { userName: 'alice' } });
  const operations = [{ op: 'replace' as const, value: { active: false } }];
  await client.ask('users.patch', { ...asking(), urgent: true }, { id: user.id, operations });
  const found = await client.ask('users.list', asking(), {
    filter: 'userName eq "ALICE"',
    startIndex: 1,
    count: 1,
    baseUrl: '',
  });
  expect(found.items).toMatchObject([{ id: user.id, active: false, version: 2 }]);
  // Each lane has a relay of its own: the urgent event may come first.
  await eventually(() =>
    expect(receivedNames().sort()).toEqual(['user.created', 'user.deactivated', 'user.profile.changed']),
  );
  const told = received.find(({ name }) => name === 'user.deactivated');
  expect(told).toMatchObject({ integrationId, subject: user.id, version: 2, requestId: 'story', actor: TEST_ACTOR });
});

it('refuses with a code that the asker understands', async () => {
  const client = transport.client('gateway');
  const missing = client.ask('groups.get', asking(), { id: 'nope', withMembers: true });
  await expect(missing).rejects.toMatchObject({ code: 'notFound' });
  const wrong = client.ask('users.list', asking(), { filter: 'password pr', startIndex: 1, count: 1, baseUrl: '' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalidFilter' });
});

it('hears that an integration is removed', async () => {
  const gone = uuidv7();
  const client = transport.client('gateway');
  const removed: Event<'integration.removed'> = {
    id: uuidv7(),
    name: 'integration.removed',
    integrationId: gone,
    subject: gone,
    version: 2,
    time: new Date().toISOString(),
    requestId: 'story',
    actor: TEST_ACTOR,
    data: {
      integrationId: gone,
      name: 'Okta',
      type: 'okta-scim',
      status: 'active',
      groupsToSync: [],
      groupsToSyncVersion: 1,
      profileAttributes: [],
      profileAttributesVersion: 0,
      disabled: false,
      disablements: 0,
      removed: true,
      version: 2,
    },
  };
  await client.ask('users.create', { ...asking(), integrationIds: [gone] }, { attributes: { userName: 'alice' } });
  expect(await publishers.deliver(removed, 'identity')).toEqual({ outcome: 'done' });
  const late = client.ask('users.create', { ...asking(), integrationIds: [gone] }, { attributes: { userName: 'bob' } });
  await expect(late).rejects.toMatchObject({ code: 'notFound' });
});

it('says that it is ready, and measures commands without saying about whom', async () => {
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
