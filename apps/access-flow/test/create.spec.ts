import { type Event, type EventName } from '@tidegate/contracts';
import { inProcessTransport, type Transport } from '@tidegate/messaging';
import { eventually, freshDatabase, TEST_ACTOR, TEST_CAUSE, type TestDatabase } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { createAccessFlow } from '../src/create.js';

type Service = Awaited<ReturnType<typeof createAccessFlow>>;

describe('The running service', () => {
  const integrationId = uuidv7();
  const [userId, groupId] = [uuidv7(), uuidv7()];
  let database: TestDatabase;
  let transport: Transport;
  let service: Service;
  const config = () =>
    ({ databaseUrl: database.url, poolSize: 12, logLevel: 'silent', pendingRequestDays: 7 }) as const;

  beforeAll(async () => {
    database = await freshDatabase();
    transport = inProcessTransport();
    service = await createAccessFlow(config(), transport);
  });
  afterAll(async () => {
    await service.stop();
    await transport.close();
    await database.drop();
  });

  async function publish(
    name: EventName,
    subject: string,
    data: { version: number } & Record<string, unknown>,
  ): Promise<void> {
    const event = {
      id: uuidv7(),
      name,
      integrationId,
      subject,
      version: data.version,
      time: new Date().toISOString(),
      ...TEST_CAUSE,
      data,
    } as unknown as Event;
    expect(await transport.publisher('identity').deliver(event, 'access-flow')).toEqual({ outcome: 'done' });
  }
  const options = () => ({
    integrationIds: [integrationId],
    requestId: 'test',
    deadlineAt: Date.now() + 300_000,
    context: { actor: TEST_ACTOR },
  });
  const client = () => transport.client('gateway');
  const user = { userId, userName: 'alice@example.com', displayName: null, externalId: null, deleted: false };

  it('grants access by messages only, and revokes it when the user is deactivated', async () => {
    const integration = { integrationId, name: 'Example', type: 'okta-scim', removed: false, version: 1 };
    await publish('integration.created', integrationId, integration);
    await publish('user.created', userId, { ...user, active: true, deactivations: 0, version: 1 });
    await publish('group.created', groupId, {
      groupId,
      displayName: 'Deploy',
      externalId: null,
      deleted: false,
      version: 1,
    });
    const flow = await client().ask('flows.create', options(), {
      integrationId,
      name: 'Deploys',
      enabled: true,
      eligibility: { kind: 'everyone' },
      groupIds: [groupId],
      maxDurationSeconds: 3600,
      steps: [],
    });
    const input = { flowId: flow.id, userId, groupId, durationSeconds: 60 };
    const { grantId } = await client().ask('requests.create', options(), input);
    const grant = () => client().ask('grants.get', options(), { id: grantId! });
    await eventually(async () => expect((await grant()).status).toBe('active'));

    await publish('user.deactivated', userId, { ...user, active: false, deactivations: 1, version: 2 });
    expect(['revoking', 'ended']).toContain((await grant()).status);
    await eventually(async () =>
      expect(await grant()).toMatchObject({ status: 'ended', endReason: 'user_deactivated' }),
    );
    await expect(client().ask('requests.create', options(), input)).rejects.toMatchObject({ code: 'notAllowed' });
  });

  it('serves health and metrics without personal data', async () => {
    const server = service.app.getHttpAdapter().getInstance();
    expect((await server.inject('/readyz')).json()).toEqual({
      status: 'ok',
      checks: { database: 'ok', messaging: 'ok' },
    });
    const metrics = (await server.inject('/metrics')).body;
    expect(metrics).toContain('tidegate_grants_live{service="access-flow"} 0');
    expect(metrics).toContain('tidegate_revocation_decided_seconds_count{service="access-flow"} 1');
    expect(metrics).toMatch(
      /tidegate_command_duration_seconds_count\{.*name="requests.create".*outcome="refused".*\} 1/,
    );
    expect(metrics).not.toContain('alice');
  });

  it('a second start on the same database keeps the data', async () => {
    const other = inProcessTransport();
    const second = await createAccessFlow(config(), other);
    const { items } = await other.client('gateway').ask('flows.list', options(), { limit: 10 });
    expect(items.map((flow) => flow.name)).toEqual(['Deploys']);
    await second.stop();
  });

  it('an unreachable database fails the start', async () => {
    const unreachable = { ...config(), databaseUrl: 'postgres://postgres@127.0.0.1:1/none' };
    await expect(createAccessFlow(unreachable, inProcessTransport())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
