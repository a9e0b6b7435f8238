import { brokerFaultTests, eventually, type PrivateRabbit, startPrivateRabbit } from '@tidegate/testing';
import pg from 'pg';
import { Crowd } from './crowd.js';
import { ReceivedEvents } from './received-events.js';
import { type App, System } from './system.js';

const EACH = 60;
/** The relay publishes each wave in at least one batch, so that three waves reach the crash at the third batch. */
const WAVE = 20;

/** The crash point, its pass, and the process that crashes. */
const CRASHES: [point: string, passage: number, app: App, when: string][] = [
  ['relay.claimed', 3, 'identity', 'a deactivation is committed and its event not published'],
  ['relay.delivered', 3, 'identity', 'an event is published and still in the outbox'],
  ['command.handled', 40, 'identity', 'a deactivation is committed before its reply'],
  ['event.handled', 40, 'access-flow', 'grants are ended and the event is not acknowledged'],
];

/** The process that is killed while its transaction waits for a row lock, before the commit. */
const MIDDLES: [app: App, work: string, table: string][] = [
  ['identity', 'a command', 'identity.users'],
  ['access-flow', 'an event', 'access_flow.users'],
];

brokerFaultTests('deactivations in flight', () => {
  let rabbit: PrivateRabbit;
  let system: System;
  let owner: pg.Client;
  let crowd: Crowd;
  let received: ReceivedEvents;
  let stillActive: readonly string[];

  beforeAll(async () => {
    rabbit = await startPrivateRabbit();
    system = await System.start({ broker: rabbit, env: { LOG_LEVEL: 'warn' } });
    owner = new pg.Client(system.database.url);
    await owner.connect();
    received = await ReceivedEvents.listen(rabbit.url, ['user.deactivated', 'grant.ended']);
    crowd = await Crowd.gather(system, EACH * (CRASHES.length + 3));
    stillActive = crowd.userIds;
  });

  afterAll(async () => {
    await owner?.end();
    await system?.stop();
    await rabbit?.stop();
  });

  it.each(CRASHES)('end every grant when a process crashes at %s:%i (%s, when %s)', async (point, passage, app) => {
    const users = nextUsers();
    for (const each of system.running(app)) await each.kill('SIGTERM');
    const doomed = await system.run(app, { TIDEGATE_CRASH_AT: `${point}:${passage}` });
    const restarted = doomed.exited.then(() => system.run(app));
    for (let start = 0; start < users.length; start += WAVE) {
      await crowd.deactivate(users.slice(start, start + WAVE), { wait: () => restarted });
      await eventually(outboxesAreEmpty);
    }
    await restarted;
    expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await everyGrantIsTakenBack(users);
  });

  it.each(MIDDLES)('end every grant when %s is killed during %s', async (app, _, table) => {
    const users = nextUsers(EACH / 2);
    const holder = new pg.Client(system.database.url);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT FROM ${table} WHERE id = ANY ($1) FOR UPDATE`, [users]);
    let comeBack = () => {};
    const restarted = new Promise<void>((resolve) => (comeBack = resolve));
    const answers = crowd.deactivate(users, { wait: () => restarted });
    await eventually(async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(rowCount).toBeGreaterThan(0);
    });
    for (const each of system.running(app)) await each.kill('SIGKILL');
    await holder.end();
    await system.run(app);
    comeBack();
    await answers;
    await everyGrantIsTakenBack(users);
  });

  it('end every grant when the broker is killed', async () => {
    const users = nextUsers();
    let answered = 0;
    let underWay = () => {};
    const broken = new Promise<void>((resolve) => (underWay = resolve)).then(async () => {
      // Suspended first, so that messages in transit between the services and the broker are lost.
      await rabbit.freeze();
      await rabbit.kill();
      expect(answered).toBeLessThan(users.length);
      await rabbit.start();
    });
    const onEach = () => {
      if (++answered === EACH / 2) underWay();
    };
    await Promise.all([broken, crowd.deactivate(users, { onEach, wait: () => broken })]);
    await everyGrantIsTakenBack(users);
  });

  it('change nothing for active users, and create no dead letters', async () => {
    expect(stillActive).toHaveLength(EACH);
    const grants = await crowd.grants();
    expect(
      stillActive.filter(
        (id) =>
          grants
            .get(id)
            ?.map(({ status }) => status)
            .join() !== 'active',
      ),
    ).toEqual([]);
    expect(await received.setAside()).toBe(0);
  });

  function nextUsers(count = EACH): readonly string[] {
    const users = stillActive.slice(0, count);
    stillActive = stillActive.slice(count);
    return users;
  }

  async function outboxesAreEmpty(): Promise<void> {
    const { rows } = await owner.query(
      `SELECT (SELECT count(*)::int FROM identity.outbox) AS identity,
              (SELECT count(*)::int FROM access_flow.outbox) AS access_flow`,
    );
    expect(rows).toEqual([{ identity: 0, access_flow: 0 }]);
  }

  /** Checks in the API, the audit log and the events that each user's grant ended once, for the right reason. */
  async function everyGrantIsTakenBack(users: readonly string[]): Promise<void> {
    const found = await eventually(async () => {
      const grants = await crowd.grants();
      const ofThem = users.map((id) => grants.get(id) ?? []);
      expect(ofThem.filter((each) => each.some(({ status }) => status !== 'ended'))).toEqual([]);
      return ofThem;
    });
    // Created, active, revoking, ended: one version each.
    const ended = { status: 'ended', endReason: 'user_deactivated', version: 4 };
    expect(found).toEqual(users.map((userId) => [expect.objectContaining({ ...ended, userId })]));
    await eventually(outboxesAreEmpty);
    const { rows } = await owner.query(
      `SELECT (SELECT count(*)::int FROM identity.users WHERE id = ANY ($1) AND NOT active) AS inactive,
              (SELECT count(*)::int FROM access_flow.directory_memberships WHERE user_id = ANY ($1)) AS memberships,
              (SELECT count(*)::int FROM access_flow.jobs
               WHERE kind = 'target.directory' AND split_part(key, '/', 2) = ANY ($1::uuid[]::text[])) AS jobs`,
      [users],
    );
    expect(rows).toEqual([{ inactive: users.length, memberships: 0, jobs: 0 }]);
    // By its event, not by the comparison with identity that runs every 30 seconds.
    const events = await received.exactlyOne('user.deactivated', users);
    await eventually(async () => {
      const inbox = await owner.query('SELECT FROM access_flow.inbox WHERE event_id = ANY ($1)', [events]);
      expect(inbox.rowCount).toBe(users.length);
    });
    await received.exactlyOne(
      'grant.ended',
      found.flat().map(({ grantId }) => grantId),
    );
  }
});
