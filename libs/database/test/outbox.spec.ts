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

/** An event that belongs to no integration. */
const system = {
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

  const tell = (...versions: number[]) => database.unscoped((tx) => recordEvents(tx, 'identity', versions.map(event)));
  /** Takes everything, and remembers the version of each event it was given. */
  const taking = (received: number[]): EventPublisher => ({
    destinations: () => ['broker'],
    deliver: async (event) => {
      received.push(event.version);
      return { outcome: 'done' };
    },
  });

  it('may be opened by several instances at once', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => Database.open(options)));
    await Promise.all(opened.map((each) => each.check()));
    await Promise.all(opened.map((each) => each.close()));
  });

  it('runs as a role that owns nothing and cannot pass by row-level security', async () => {
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

  it('refuses to start as a role that was given the power to pass by', async () => {
    const owner = new pg.Client(empty.url);
    await owner.connect();
    await owner.query(`ALTER ROLE "${new URL(empty.url).pathname.slice(1)}_identity" BYPASSRLS`);
    await owner.end();
    await expect(Database.open(options)).rejects.toThrow('can pass by row-level security');
  });

  it('shows a transaction the rows of its integrations only, and takes none for another', async () => {
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

  it('refuses a scope that is no list of ids', async () => {
    const scope = { integrationIds: [`${ACME}}', true); DROP TABLE identity.notes; --`] };
    await expect(database.transaction(scope, () => Promise.resolve())).rejects.toMatchObject({ code: 'notFound' });
  });

  it('changes nothing when the time is over before it begins', async () => {
    const late = { integrationIds: [ACME], deadlineAt: Date.now() - 1 };
    await expect(database.transaction(late, () => Promise.resolve())).rejects.toMatchObject({ code: 'deadline' });
  });

  it('never tells what was rolled back', async () => {
    const received: number[] = [];
    const failing = database.unscoped(async (tx) => {
      await recordEvents(tx, 'identity', [event(1)]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const relay = new Relay(database, taking(received), logger, createMetrics('test'));
    relay.start();
    await tell(2);
    await eventually(() => expect(received).toEqual([2]));
    await relay.stop();
  });

  it('tells an event whose transaction committed after younger ones', async () => {
    const received: number[] = [];
    const relay = new Relay(database, taking(received), logger, createMetrics('test'));
    relay.start();
    await database.unscoped(async (tx) => {
      await recordEvents(tx, 'identity', [event(1)]); // its id is the oldest, its commit comes last
      await tell(2, 3);
      await eventually(() => expect(received.toSorted()).toEqual([2, 3]));
    });
    await eventually(() => expect(received.toSorted()).toEqual([1, 2, 3]));
    await relay.stop();
  });

  it('lets two relays share the events, each told once', async () => {
    const versions = Array.from({ length: 1_000 }, (_, i) => i + 1);
    await tell(...versions);
    const second = await Database.open(options);
    const received: [number[], number[]] = [[], []];
    const relays = [
      new Relay(database, taking(received[0]), logger, createMetrics('test')),
      new Relay(second, taking(received[1]), logger, createMetrics('test')),
    ];
    for (const relay of relays) relay.start();
    await eventually(() => expect(received.flat()).toHaveLength(1_000));
    for (const relay of relays) await relay.stop();
    expect(received.flat().toSorted((a, b) => a - b)).toEqual(versions);
    await second.close();
  });

  it('tells urgent events while an ordinary one is held up', async () => {
    const received: number[] = [];
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async (event) => {
        if (event.name === 'user.updated') await held;
        received.push(event.version);
        return { outcome: 'done' };
      },
    };
    await tell(1);
    const relay = new Relay(database, publisher, logger, createMetrics('test'));
    relay.start();
    await database.unscoped((tx) => recordEvents(tx, 'identity', [{ ...event(999), name: 'user.deactivated' }]));
    await eventually(() => expect(received).toEqual([999]));
    letGo();
    await eventually(() => expect(received).toContain(1));
    await relay.stop();
  });

  it('delivers new events before those whose subscriber is unavailable, and those when it is available again', async () => {
    const received: number[] = [];
    const attempted = new Set<number>();
    let available = false;
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async ({ version }) => {
        attempted.add(version);
        if (version <= 300 && !available) return { outcome: 'away', reason: 'no queue' };
        received.push(version);
        return { outcome: 'done' };
      },
    };
    const undelivered = Array.from({ length: 300 }, (_, i) => i + 1);
    await tell(...undelivered);
    const relay = new Relay(database, publisher, silent, createMetrics('test'));
    relay.start();
    await eventually(() => expect(attempted.size).toBe(300));
    await tell(301);
    await eventually(() => expect(received).toEqual([301]));
    available = true;
    await eventually(() => expect(received.toSorted((a, b) => a - b)).toEqual([...undelivered, 301]));
    await relay.stop();
  });

  it.each([
    ['user.deactivated' as const, 0.5],
    ['user.updated' as const, 5],
  ])('delivers %s to an unavailable subscriber again after at most %d s', async (name, seconds) => {
    const publisher: EventPublisher = {
      destinations: () => ['access-flow'],
      deliver: async () => ({ outcome: 'away', reason: 'no queue' }),
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

  it('leaves a transaction undone whose deadline passed while it worked', async () => {
    const deadlineAt = Date.now() + 150;
    const late = database.transaction({ integrationIds: [ACME], deadlineAt }, async (tx) => {
      await tx.run('INSERT INTO identity.notes VALUES ($1, $2)', [ACME, 'late']);
      await eventually(() => expect(Date.now()).toBeGreaterThan(deadlineAt));
    });
    await expect(late).rejects.toMatchObject({ code: 'deadline' });
    const scope = { integrationIds: [ACME] };
    expect(await database.transaction(scope, (tx) => tx.rows('SELECT * FROM identity.notes'))).toEqual([]);
  });

  it('shows the events of an integration to its transactions only, and those of none to unscoped ones only', async () => {
    await database.unscoped((tx) => recordEvents(tx, 'identity', [event(1), system]));
    const namesIn = async (run: (work: (tx: Tx) => Promise<{ name: string }[]>) => Promise<{ name: string }[]>) =>
      (await run((tx) => tx.rows('SELECT name FROM identity.outbox'))).map(({ name }) => name).sort();
    const boundTo = (...integrationIds: string[]) => namesIn((work) => database.transaction({ integrationIds }, work));
    expect(await namesIn((work) => database.unscoped(work))).toEqual(['api_key.revoked', 'user.updated']);
    expect(await boundTo(ACME, OTHER)).toEqual(['user.updated']);
    expect(await boundTo(OTHER)).toEqual([]);
    expect(await boundTo()).toEqual([]);
    const entered = (work: (tx: Tx) => Promise<{ name: string }[]>) =>
      database.unscoped((tx) => enterIntegration(tx, ACME).then(() => work(tx)));
    expect(await namesIn(entered)).toEqual(['user.updated']);
  });

  it('takes an event of no integration, or of another, from no transaction that is bound to one', async () => {
    const record = (integrationId: string, recorded: NewEvent) =>
      database.transaction({ integrationIds: [integrationId] }, (tx) => recordEvents(tx, 'identity', [recorded]));
    await expect(record(ACME, system)).rejects.toThrow('row-level security');
    await expect(record(OTHER, event(1))).rejects.toThrow('row-level security');
    await record(ACME, event(1));
  });

  it('handles an event of no integration once, in a transaction that is bound to none', async () => {
    const received: Event = { ...system, id: uuidv7(), time: new Date().toISOString() };
    let seen: unknown[] = [];
    for (let i = 0; i < 2; i++)
      await once(database, received, async (tx) => {
        seen = [...seen, ...(await tx.rows('SELECT event_id, integration_id FROM identity.inbox'))];
      });
    expect(seen).toEqual([{ event_id: received.id, integration_id: null }]);
    const bound = database.transaction({ integrationIds: [ACME] }, (tx) => tx.rows('SELECT 1 FROM identity.inbox'));
    expect(await bound).toEqual([]);
  });

  it('keeps the trace of the work that records an event, and gives a new one where there is none', async () => {
    const received: Event[] = [];
    const publisher: EventPublisher = {
      destinations: () => ['broker'],
      deliver: async (event) => {
        received.push(event);
        return { outcome: 'done' };
      },
    };
    const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', tracestate: 'rojo=1' };
    await withTrace(trace, () => tell(1));
    await tell(2);
    const relay = new Relay(database, publisher, logger, createMetrics('test'));
    relay.start();
    await eventually(() => expect(received).toHaveLength(2));
    await relay.stop();
    const [first, second] = received.toSorted((a, b) => a.version - b.version);
    expect(first).toMatchObject(trace);
    expect(second!.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });

  it('handles an event once, and undoes the memory of it together with the work', async () => {
    const received: Event = { ...event(1), id: uuidv7(), time: new Date().toISOString() };
    let done = 0;
    await expect(
      once(database, received, async () => {
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    for (let i = 0; i < 3; i++) await once(database, received, async () => void done++);
    expect(done).toBe(1);
  });
});
