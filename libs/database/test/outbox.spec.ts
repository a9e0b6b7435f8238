import { type Event } from '@tidegate/contracts';
import {
  Database,
  type DatabaseOptions,
  currentMessagingTables,
  enterIntegration,
  type NewEvent,
  once,
  recordEvents,
  Relay,
  integrationTable,
  type Tx,
} from '@tidegate/database';
import { type EventPublisher } from '@tidegate/messaging';
import { createLogger, createMetrics, withTrace } from '@tidegate/observability';
import { emptyDatabase, eventually, TEST_CAUSE } from '@tidegate/testing';
import pg from 'pg';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

const ACME = uuidv7();
const OTHER = uuidv7();

class Tables1700000000000 implements MigrationInterface {
  name = 'Tables1700000000000';
  async up(runner: QueryRunner): Promise<void> {
    const notes = ['CREATE TABLE identity.notes (integration_id uuid NOT NULL, text text NOT NULL)'];
    for (const sql of [...currentMessagingTables('identity'), ...notes, ...integrationTable('identity.notes')])
      await runner.query(sql);
  }
  async down(): Promise<void> {}
}

const event = (version: number) => ({
  name: 'user.updated' as const,
  integrationId: ACME,
  subject: uuidv7(),
  version,
  ...TEST_CAUSE,
  data: {
    userId: uuidv7(),
    userName: 'alice@acme.example',
    displayName: null,
    externalId: null,
    active: true,
    deleted: false,
    deactivations: 0,
    version,
  },
});

/** An event without an integration. */
const systemEvent = {
  name: 'api_key.revoked' as const,
  integrationId: null,
  subject: uuidv7(),
  version: 2,
  ...TEST_CAUSE,
  data: { keyId: uuidv7(), scopes: null, integrationIds: null, expiresAt: null, revoked: true, version: 2 },
};

describe('A service’s database', () => {
  let empty: Awaited<ReturnType<typeof emptyDatabase>>;
  let options: DatabaseOptions;
  let database: Database;
  const warnings: string[] = [];
  const destination = { write: (line: string) => void warnings.push(line) };
  const logger = createLogger({ service: 'test', level: 'warn', destination });
  const silent = createLogger({ service: 'test', level: 'fatal', destination });
  beforeEach(async () => {
    empty = await emptyDatabase();
    options = { url: empty.url, schema: 'identity', migrations: [Tables1700000000000], poolSize: 5 };
    database = await Database.open(options);
  });
  afterEach(async () => {
    await database.close();
    await empty.drop();
    expect(warnings.splice(0)).toEqual([]);
  });

  const publish = (...versions: number[]) =>
    database.unscoped((tx) => recordEvents(tx, 'identity', versions.map(event)));
  /** Accepts all events, and adds the version of each to `received`. */
  const accepting = (received: number[]): EventPublisher => ({
    destinations: () => ['broker'],
    deliver: async (event) => {
      received.push(event.version);
      return { outcome: 'done' };
    },
  });

  it('can be opened by several instances at the same time', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => Database.open(options)));
    await Promise.all(opened.map((each) => each.check()));
    await Promise.all(opened.map((each) => each.close()));
  });

  it('runs as a role that owns nothing and cannot bypass row-level security', async () => {
    const role = await database.unscoped((tx) =>
      tx.row<{ name: string; special: boolean }>(
        `SELECT current_user AS name, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS special
         FROM pg_roles WHERE rolname = current_user`,
      ),
    );
    expect(role).toEqual({ name: `${new URL(empty.url).pathname.slice(1)}_identity`, special: false });
    await expect(
      database.unscoped((tx) => tx.run('ALTER TABLE identity.notes DISABLE ROW LEVEL SECURITY')),
    ).rejects.toThrow('must be owner');
  });

  it('refuses to start as a role that can bypass row-level security', async () => {
    const owner = new pg.Client(empty.url);
    await owner.connect();
    await owner.query(`ALTER ROLE "${new URL(empty.url).pathname.slice(1)}_identity" BYPASSRLS`);
    await owner.end();
    await expect(Database.open(options)).rejects.toThrow('can bypass row-level security');
  });

  it('limits a transaction to reading and writing the rows of its integrations', async () => {
    const write = (scope: string, integration: string) =>
      database.transaction({ integrationIds: [scope] }, (tx) =>
        tx.run('INSERT INTO identity.notes VALUES ($1, $2)', [integration, 'secret']),
      );
    await write(ACME, ACME);
    await expect(write(ACME, OTHER)).rejects.toThrow('row-level security');
    const seenBy = (integrationIds: string[]) =>
      database.transaction({ integrationIds }, (tx) => tx.rows('SELECT * FROM identity.notes'));
    expect(await seenBy([ACME])).toHaveLength(1);
    expect(await seenBy([OTHER])).toEqual([]);
    expect(await seenBy([])).toEqual([]);
  });

  it('refuses a scope that is not a list of ids', async () => {
    const scope = { integrationIds: [`${ACME}}', true); DROP TABLE identity.notes; --`] };
    await expect(database.transaction(scope, () => Promise.resolve())).rejects.toMatchObject({ code: 'notFound' });
  });

  it('changes nothing if the deadline has passed before the start', async () => {
    const late = { integrationIds: [ACME], deadlineAt: Date.now() - 1 };
    await expect(database.transaction(late, () => Promise.resolve())).rejects.toMatchObject({ code: 'deadline' });
  });

  it('publishes no events of a transaction that was rolled back', async () => {
    const received: number[] = [];
    const failing = database.unscoped(async (tx) => {
      await recordEvents(tx, 'identity', [event(1)]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const relay = new Relay(database, accepting(received), logger, createMetrics('test'));
    relay.start();
    await publish(2);
    await eventually(() => expect(received).toEqual([2]));
    await relay.stop();
  });

  it('publishes an event whose transaction commits after those of newer events', async () => {
    const received: number[] = [];
    const relay = new Relay(database, accepting(received), logger, createMetrics('test'));
    relay.start();
    await database.unscoped(async (tx) => {
      await recordEvents(tx, 'identity', [event(1)]); // the oldest id, and the last commit
      await publish(2, 3);
      await eventually(() => expect(received.toSorted()).toEqual([2, 3]));
    });
    await eventually(() => expect(received.toSorted()).toEqual([1, 2, 3]));
    await relay.stop();
  });

  it('publishes each event once with two relays', async () => {
    const versions = Array.from({ length: 1_000 }, (_, i) => i + 1);
    await publish(...versions);
    const second = await Database.open(options);
    const received: [number[], number[]] = [[], []];
    const relays = [
      new Relay(database, accepting(received[0]), logger, createMetrics('test')),
      new Relay(second, accepting(received[1]), logger, createMetrics('test')),
    ];
    for (const relay of relays) relay.start();
    await eventually(() => expect(received.flat()).toHaveLength(1_000));
    for (const relay of relays) await relay.stop();
    expect(received.flat().toSorted((a, b) => a - b)).toEqual(versions);
    await second.close();
  });

  it('publishes urgent events while the delivery of a normal one blocks', async () => {
    const received: number[] = [];
    let unblock: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (unblock = resolve));
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async (event) => {
        if (event.name === 'user.updated') await blocked;
        received.push(event.version);
        return { outcome: 'done' };
      },
    };
    await publish(1);
    const relay = new Relay(database, publisher, logger, createMetrics('test'));
    relay.start();
    await database.unscoped((tx) => recordEvents(tx, 'identity', [{ ...event(999), name: 'user.deactivated' }]));
    await eventually(() => expect(received).toEqual([999]));
    unblock();
    await eventually(() => expect(received).toContain(1));
    await relay.stop();
  });

  it('delivers new events before those whose subscriber is unavailable, and delivers those when it is available again', async () => {
    const received: number[] = [];
    const attempted = new Set<number>();
    let available = false;
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async ({ version }) => {
        attempted.add(version);
        if (version <= 300 && !available) return { outcome: 'unavailable', reason: 'no queue' };
        received.push(version);
        return { outcome: 'done' };
      },
    };
    const undelivered = Array.from({ length: 300 }, (_, i) => i + 1);
    await publish(...undelivered);
    const relay = new Relay(database, publisher, silent, createMetrics('test'));
    relay.start();
    await eventually(() => expect(attempted.size).toBe(300));
    await publish(301);
    await eventually(() => expect(received).toEqual([301]));
    available = true;
    await eventually(() => expect(received.toSorted((a, b) => a - b)).toEqual([...undelivered, 301]));
    await relay.stop();
  });

  it('delivers an event again before a backlog of new events is delivered', async () => {
    await publish(1);
    const unavailable: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async () => ({ outcome: 'unavailable', reason: 'no queue' }),
    };
    const attempts = () =>
      database.unscoped((tx) => tx.rows('SELECT attempts FROM identity.outbox WHERE attempts > 0 AND version = 1'));
    const first = new Relay(database, unavailable, silent, createMetrics('test'));
    first.start();
    await eventually(async () => expect(await attempts()).not.toEqual([]));
    await first.stop();
    await database.unscoped((tx) => tx.run(`UPDATE identity.outbox SET next_try_at = now() - interval '1 s'`));
    await publish(...Array.from({ length: 1_000 }, (_, i) => i + 2));
    const received: number[] = [];
    const second = new Relay(database, accepting(received), silent, createMetrics('test'));
    second.start();
    await eventually(() => expect(received).toHaveLength(1_001));
    await second.stop();
    expect(received.indexOf(1)).toBeLessThanOrEqual(100);
  });

  it.each([
    ['user.deactivated' as const, 0.5],
    ['user.updated' as const, 5],
  ])('delivers %s to an unavailable subscriber again after at most %d s', async (name, seconds) => {
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async () => ({ outcome: 'unavailable', reason: 'no queue' }),
    };
    await database.unscoped(async (tx) => {
      await recordEvents(tx, 'identity', [{ ...event(1), name }]);
      await tx.run('UPDATE identity.outbox SET attempts = 1000');
    });
    const relay = new Relay(database, publisher, silent, createMetrics('test'));
    relay.start();
    const pauses = () =>
      database.unscoped((tx) =>
        tx.rows(`SELECT extract(epoch FROM next_try_at - since)::float8 AS pause
                 FROM identity.outbox JOIN identity.outbox_delivery ON event_id = id`),
      );
    await eventually(async () => expect(await pauses()).toEqual([{ pause: seconds }]));
    await relay.stop();
  });

  it('rolls back a transaction whose deadline passed during its work', async () => {
    const deadlineAt = Date.now() + 150;
    const late = database.transaction({ integrationIds: [ACME], deadlineAt }, async (tx) => {
      await tx.run('INSERT INTO identity.notes VALUES ($1, $2)', [ACME, 'late']);
      await eventually(() => expect(Date.now()).toBeGreaterThan(deadlineAt));
    });
    await expect(late).rejects.toMatchObject({ code: 'deadline' });
    const scope = { integrationIds: [ACME] };
    expect(await database.transaction(scope, (tx) => tx.rows('SELECT * FROM identity.notes'))).toEqual([]);
  });

  it('shows an event to transactions of its integration, and one without an integration to unscoped transactions', async () => {
    await database.unscoped((tx) => recordEvents(tx, 'identity', [event(1), systemEvent]));
    const namesIn = async (run: (work: (tx: Tx) => Promise<{ name: string }[]>) => Promise<{ name: string }[]>) =>
      (await run((tx) => tx.rows('SELECT name FROM identity.outbox'))).map(({ name }) => name).sort();
    const scopedTo = (...integrationIds: string[]) => namesIn((work) => database.transaction({ integrationIds }, work));
    expect(await namesIn((work) => database.unscoped(work))).toEqual(['api_key.revoked', 'user.updated']);
    expect(await scopedTo(ACME, OTHER)).toEqual(['user.updated']);
    expect(await scopedTo(OTHER)).toEqual([]);
    expect(await scopedTo()).toEqual([]);
    const entered = (work: (tx: Tx) => Promise<{ name: string }[]>) =>
      database.unscoped((tx) => enterIntegration(tx, ACME).then(() => work(tx)));
    expect(await namesIn(entered)).toEqual(['user.updated']);
  });

  it('refuses events without an integration, or of another, in a transaction with an integration', async () => {
    const record = (integrationId: string, recorded: NewEvent) =>
      database.transaction({ integrationIds: [integrationId] }, (tx) => recordEvents(tx, 'identity', [recorded]));
    await expect(record(ACME, systemEvent)).rejects.toThrow('row-level security');
    await expect(record(OTHER, event(1))).rejects.toThrow('row-level security');
    await record(ACME, event(1));
  });

  it('handles an event without an integration once, in an unscoped transaction', async () => {
    const received: Event = { ...systemEvent, id: uuidv7(), time: new Date().toISOString() };
    let seen: unknown[] = [];
    for (let i = 0; i < 2; i++)
      await once(database, received, async (tx) => {
        seen = [...seen, ...(await tx.rows('SELECT event_id, integration_id FROM identity.inbox'))];
      });
    expect(seen).toEqual([{ event_id: received.id, integration_id: null }]);
    const scoped = database.transaction({ integrationIds: [ACME] }, (tx) => tx.rows('SELECT 1 FROM identity.inbox'));
    expect(await scoped).toEqual([]);
  });

  it('publishes an event with the trace in which it was recorded, or with a new one', async () => {
    const received: Event[] = [];
    const publisher: EventPublisher = {
      destinations: () => ['broker'],
      deliver: async (event) => {
        received.push(event);
        return { outcome: 'done' };
      },
    };
    const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'rojo=1' };
    await withTrace(trace, () => publish(1));
    await publish(2);
    const relay = new Relay(database, publisher, logger, createMetrics('test'));
    relay.start();
    await eventually(() => expect(received).toHaveLength(2));
    await relay.stop();
    const [first, second] = received.toSorted((a, b) => a.version - b.version);
    expect(first).toMatchObject(trace);
    expect(second!.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('handles an event once, and rolls the inbox back together with the work', async () => {
    const received: Event = { ...event(1), id: uuidv7(), time: new Date().toISOString() };
    let handled = 0;
    await expect(
      once(database, received, async () => {
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    for (let i = 0; i < 3; i++) await once(database, received, async () => void handled++);
    expect(handled).toBe(1);
  });
});
