import { connect } from 'amqplib';
import { alice, amqpTests, bob, eventually, type TestBroker, testBroker } from '@tidegate/testing';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { api, newTenant, send, type Tenant } from './http.js';
import { API_KEY, System } from './system.js';

const GROUP = 'Keepers of the vault';
const REASON = 'because the auditors come tomorrow';
const WRONG_TOKEN = 'tgs_a-token-that-was-never-given-to-anybody-at-all';
const PASSWORDS = ['1mz050nq', 'TkdFNVdIVkxhM2c9'];

/** Strings in the story that must not appear in logs or other services' tables. */
const PERSONAL = [
  ...[alice(), bob()].flatMap(({ userName, name, displayName, externalId }) => [
    userName,
    userName.toUpperCase(),
    name.familyName,
    displayName,
    externalId,
  ]),
  GROUP,
  REASON,
];

amqpTests('secrets and personal data', () => {
  let broker: TestBroker;
  let system: System;
  let tenant: Tenant;
  const scim = (method: string, path: string, body?: object | string, token = tenant.token) =>
    send(
      method,
      tenant.scimBaseUrl + path,
      { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      typeof body === 'object' ? JSON.stringify(body) : body,
    );

  beforeAll(async () => {
    broker = await testBroker();
    system = await System.start({ broker, env: { LOG_LEVEL: 'trace' } });
    tenant = await newTenant(system);
    await grantAndDeactivate();
    await failInManyWays();
    await poison();
  });

  afterAll(async () => {
    await system?.stop();
    await broker?.drop();
  });

  /** The successful path: users, a group, a grant and its end. */
  async function grantAndDeactivate(): Promise<void> {
    const created = await scim('POST', '/Users', alice());
    const { id: userId } = created.body as { id: string };
    await scim('POST', '/Groups', { displayName: GROUP, members: [{ value: userId }] });
    await scim('GET', `/Users?filter=userName%20eq%20%22${alice().userName}%22&startIndex=1&count=100`);
    await scim('PUT', `/Users/${userId}`, { ...alice(), password: PASSWORDS[1] });
    const flow = {
      integrationId: tenant.integrationId,
      name: GROUP,
      eligibility: { kind: 'everyone' },
      groupIds: [GROUP],
      maxDurationSeconds: 3600,
      steps: [],
    };
    await eventually(() => api(system, 'POST', '/access-flows', flow));
    const { userName } = alice();
    const request = { flowId: GROUP, userId: userName, groupId: GROUP, durationSeconds: 3600, justification: REASON };
    await eventually(() => api(system, 'POST', '/access-requests', request));
    await scim('PATCH', `/Users/${userId}`, { Operations: [{ op: 'replace', value: { active: false } }] });
    await eventually(async () => {
      const { items } = await api<{ items: { status: string }[] }>(system, 'GET', `/grants?userId=${userName}`);
      expect(items).toMatchObject([{ status: 'ended' }]);
    });
  }

  /** Refusals, a race that only the database detects, and invalid JSON. */
  async function failInManyWays(): Promise<void> {
    const twins = await Promise.all(Array.from({ length: 8 }, () => scim('POST', '/Users', bob())));
    expect(twins.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const refused = await Promise.all([
      scim('POST', '/Users', alice()),
      scim('POST', '/Users', JSON.stringify(alice()).slice(0, -1)),
      scim('POST', '/Users', { ...alice(), emails: [[alice().userName]] }),
      scim('GET', `/Users?filter=userName%20is%20%22${alice().userName}%22`),
      scim('GET', `/Users/${alice().userName}`),
      scim('GET', '/Users', undefined, WRONG_TOKEN),
      scim('GET', '/Users', undefined, API_KEY),
      scim('GET', `/${alice().userName}`),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([409, 400, 400, 400, 404, 401, 401, 404]);
  }

  /** Messages that violate the contract, as from a faulty publisher. */
  async function poison(): Promise<void> {
    const connection = await connect(broker.url);
    const channel = await connection.createConfirmChannel();
    const text = JSON.stringify({ ...alice(), type: alice().userName, token: tenant.token });
    const event = {
      specversion: '1.0',
      id: '0192f000-0000-7000-8000-000000000001',
      source: '/tidegate/identity',
      type: 'user.updated',
      subject: '0192f000-0000-7000-8000-000000000002',
      time: new Date(0).toISOString(),
      sequence: '1',
      integrationid: tenant.integrationId,
      requestid: 'poison',
      datacontenttype: 'application/json',
      data: { ...alice(), userId: alice().userName, deactivations: alice().displayName },
    };
    const queue = (name: string) => broker.prefix + name;
    for (const content of [text, text.slice(0, -1)])
      channel.publish(queue('tidegate.commands.identity'), 'normal.users.get', Buffer.from(content));
    for (const content of [text, text.slice(0, -1), JSON.stringify(event)])
      channel.publish(
        queue('tidegate.events.access-flow'),
        `user.updated.${tenant.integrationId}`,
        Buffer.from(content),
      );
    await channel.waitForConfirms();
    await eventually(async () => {
      expect((await channel.checkQueue(queue('access-flow.dead-letters'))).messageCount).toBe(3);
      expect((await channel.checkQueue(queue('identity.commands'))).messageCount).toBe(0);
    });
    await connection.close();
  }

  it('personal data and secrets are in no log of any process at the most verbose level', () => {
    for (const { app, process } of system.parts) {
      const lines = process.logs.split('\n').filter(Boolean);
      expect([app, lines.length > 0]).toEqual([app, true]);
      const secrets = [API_KEY, tenant.token, tenant.token.slice(4), WRONG_TOKEN, ...PASSWORDS, ...PERSONAL];
      for (const secret of secrets) {
        const found = lines.filter((line) => line.includes(secret));
        expect({ app, secret, found }).toEqual({ app, secret, found: [] });
      }
    }
  });

  it('profiles reach access-flow, but not the exchange for other teams', async () => {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, `${broker.prefix}tidegate.events`, '#');
    const department = 'Department of secrets';
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const user = { userName: 'carol', [enterprise]: { department, manager: { value: 'the boss' } } };
    const { id } = (await scim('POST', '/Users', user)).body as { id: string };
    const received: string[] = [];
    await eventually(async () => {
      const message = await channel.get(queue, { noAck: true });
      if (message) received.push(message.content.toString());
      expect(received.some((event) => event.includes('user.created') && event.includes(id))).toBe(true);
      expect(await dump(system.database.url, 'access_flow')).toContain(department);
      expect(await dump(system.database.url, 'identity')).not.toContain('user.profile.changed');
    });
    for (let message; (message = await channel.get(queue, { noAck: true }));) received.push(message.content.toString());
    await connection.close();
    expect(received.filter((event) => event.includes(department) || event.includes('user.profile'))).toEqual([]);
  });

  it('tokens and keys are stored as hashes, passwords are not stored', async () => {
    const stored = await dump(system.database.url);
    expect(stored).toContain(idIn(tenant.token));
    expect(stored).not.toContain(createHash('sha256').update(tenant.token).digest('hex'));
    expect(stored).toContain(alice().userName);
    for (const secret of [tenant.token, tenant.token.slice(4), API_KEY, WRONG_TOKEN, ...PASSWORDS]) {
      expect([secret, stored.includes(secret)]).toEqual([secret, false]);
      const inHex = Buffer.from(secret).toString('hex');
      expect([secret, stored.includes(inHex)]).toEqual([secret, false]);
    }
  });

  it('the gateway stores no data of the directory', async () => {
    const stored = await dump(system.database.url, 'gateway');
    expect(stored).toContain(tenant.integrationId);
    for (const text of PERSONAL) expect([text, stored.includes(text)]).toEqual([text, false]);
  });
});

/** The id in a token is public: it selects the row with the hash. */
const idIn = (token: string) => token.slice(4, 36).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** All rows of all tables of all schemas, or of one, as a string. */
async function dump(url: string, schema?: string): Promise<string> {
  const owner = new pg.Client(url);
  await owner.connect();
  try {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname = ANY ($1)`,
      [schema ? [schema] : ['gateway', 'identity', 'access_flow']],
    );
    expect(rows.length).toBeGreaterThan(3);
    const texts: string[] = [];
    for (const { name } of rows) {
      const table = await owner.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
      texts.push(...table.rows.map(({ row }) => row));
    }
    return texts.join('\n');
  } finally {
    await owner.end();
  }
}
