import { eventually } from '@tidegate/testing';
import pg from 'pg';
import { bothWays } from './both-ways.js';
import { api, newTenant, send, type Tenant } from './http.js';
import { type Tidegate } from './system.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const DEPARTMENT = `${ENTERPRISE}:department`;
const USERS = 14;
const GROUPS = 4;
/** Number of users who are never deactivated; the other users change at random. */
const ACTIVE = 4;
const STREAMS = 3;
const CHANGES = 60;

/** Queries of users, groups and members of one integration, in identity and in the projection of access-flow. */
const DIRECTORY = {
  users: `SELECT id, user_name, active, deactivations, version, attributes ->> 'title' AS title,
      attributes #>> ARRAY['${ENTERPRISE}', 'department'] AS department
    FROM identity.users WHERE integration_id = $1 ORDER BY id`,
  groups: `SELECT id, display_name, version FROM identity.groups WHERE integration_id = $1 AND synced ORDER BY id`,
  members: `SELECT group_id, user_id FROM identity.group_members WHERE integration_id = $1 ORDER BY 1, 2`,
};
const PROJECTION: typeof DIRECTORY = {
  users: `SELECT u.id, user_name, active, deactivations, u.version, p.attributes ->> 'title' AS title,
      p.attributes ->> '${DEPARTMENT}' AS department
    FROM access_flow.users u JOIN access_flow.user_profiles p ON p.integration_id = $1 AND p.user_id = u.id
    WHERE u.integration_id = $1 AND NOT deleted ORDER BY u.id`,
  groups: `SELECT id, display_name, version FROM access_flow.groups
    WHERE integration_id = $1 AND synced AND NOT deleted ORDER BY id`,
  members: `SELECT group_id, user_id FROM access_flow.members m
    JOIN access_flow.groups g ON g.integration_id = $1 AND g.id = group_id AND g.synced AND NOT g.deleted
    JOIN access_flow.users u ON u.integration_id = $1 AND u.id = user_id AND NOT u.deleted
    WHERE m.integration_id = $1 AND present AND m.version >= g.sync_version ORDER BY 1, 2`,
};

bothWays('the projection of access-flow while users and groups change', (start) => {
  let tidegate: Tidegate;
  let owner: pg.Pool;
  let okta: Tenant;
  let users: string[];
  let groups: string[];
  let grants: Map<string, string>;

  beforeAll(async () => {
    tidegate = await start();
    owner = new pg.Pool({ connectionString: tidegate.databaseUrl, max: 2 });
    owner.on('error', () => undefined);
    okta = await newTenant(tidegate);
    users = [];
    for (let i = 0; i < USERS; i++) users.push(await created('/Users', { userName: `user${i}`, title: 'Clerk' }));
    groups = [];
    for (let i = 0; i < GROUPS; i++)
      groups.push(await created('/Groups', { displayName: `Group ${i}`, members: users.map((value) => ({ value })) }));
    grants = await createGrants();
  });
  afterAll(async () => {
    await owner?.end();
    await tidegate?.stop();
  });

  const scim = (method: string, path: string, body?: object) =>
    send(
      method,
      okta.scimBaseUrl + path,
      { authorization: `Bearer ${okta.token}`, 'content-type': 'application/scim+json' },
      body && JSON.stringify(body),
    );
  const created = async (path: string, body: object) => ((await scim('POST', path, body)).body as { id: string }).id;
  const patch = (path: string, ...Operations: object[]) => scim('PATCH', path, { Operations });
  const read = async (statements: typeof DIRECTORY) => ({
    users: (await owner.query(statements.users, [okta.integrationId])).rows as unknown[],
    groups: (await owner.query(statements.groups, [okta.integrationId])).rows as unknown[],
    members: (await owner.query(statements.members, [okta.integrationId])).rows as unknown[],
  });

  /** Creates a grant for each user. @returns ids of grants by user id */
  async function createGrants(): Promise<Map<string, string>> {
    const settings = {
      ...{ integrationId: okta.integrationId, name: 'Everyone', groupIds: groups, maxDurationSeconds: 36_000 },
      ...{ eligibility: { kind: 'everyone' }, steps: [] },
    };
    const flow = await eventually(() => api<{ id: string }>(tidegate, 'POST', '/access-flows', settings));
    const grantIds = new Map<string, string>();
    for (const userId of users) {
      const asked = { flowId: flow.id, userId, groupId: groups[0], durationSeconds: 36_000 };
      const { grantId } = await eventually(() => api<{ grantId: string }>(tidegate, 'POST', '/access-requests', asked));
      await eventually(async () => expect(await grant(grantId)).toMatchObject({ status: 'active' }));
      grantIds.set(userId, grantId);
    }
    return grantIds;
  }
  const grant = (id: string) => api<{ status: string; endReason: string }>(tidegate, 'GET', `/grants/${id}`);

  const any = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;
  /** Changes over SCIM, one of which is selected at random. */
  const CHANGE: (() => Promise<unknown>)[] = [
    async () => users.push(await created('/Users', { userName: `new ${Math.random()}`, title: 'New' })),
    () => patch(`/Users/${any(users)}`, { op: 'replace', path: 'title', value: `Title ${Math.random()}` }),
    () => patch(`/Users/${any(users)}`, { op: 'replace', path: DEPARTMENT, value: `Department ${Math.random()}` }),
    () => patch(`/Users/${any(users.slice(ACTIVE))}`, { op: 'replace', path: 'active', value: false }),
    () => patch(`/Users/${any(users.slice(ACTIVE))}`, { op: 'replace', path: 'active', value: true }),
    () => scim('DELETE', `/Users/${any(users.slice(ACTIVE))}`),
    () => patch(`/Groups/${any(groups)}`, { op: 'add', path: 'members', value: [{ value: any(users) }] }),
    () => patch(`/Groups/${any(groups)}`, { op: 'remove', path: `members[value eq "${any(users)}"]` }),
    () => patch(`/Groups/${any(groups)}`, { op: 'replace', path: 'displayName', value: `Group ${Math.random()}` }),
    async () => groups.push(await created('/Groups', { displayName: 'New', members: [{ value: any(users) }] })),
    () => scim('DELETE', `/Groups/${any(groups.slice(1))}`),
  ];
  const change = () =>
    Promise.all(
      Array.from({ length: STREAMS }, async () => {
        for (let i = 0; i < CHANGES; i++) await any(CHANGE)();
      }),
    );
  const requestRebuild = () => api<unknown>(tidegate, 'POST', `/integrations/${okta.integrationId}/rebuild`, {});
  const expectIdle = async () => {
    for (const table of ['access_flow.rebuilds', 'identity.outbox', 'gateway.outbox'])
      expect((await owner.query(`SELECT 1 FROM ${table}`)).rows).toEqual([]);
  };
  async function expectEqual(): Promise<void> {
    await eventually(async () => {
      await expectIdle();
      expect(await read(PROJECTION)).toEqual(await read(DIRECTORY));
    });
  }

  it('equals the directory of identity after events', async () => {
    await change();
    await expectEqual();
  });

  it('equals the directory of identity after a rebuild, with and without lost data', async () => {
    for (const isLost of [true, false]) {
      const changes = change();
      if (isLost)
        for (const table of ['users', 'groups', 'members', 'user_profiles'])
          await owner.query(`DELETE FROM access_flow.${table}`);
      await requestRebuild();
      await changes;
      await expectEqual();
    }
  });

  it('grants of deactivated users have ended, all others are active', async () => {
    const counts = await owner.query<{ id: string; left: boolean }>(
      `SELECT id, deactivations > 0 AS left FROM identity.users WHERE integration_id = $1`,
      [okta.integrationId],
    );
    const left = new Map(counts.rows.map((row) => [row.id, row.left]));
    await eventually(async () => {
      for (const [userId, grantId] of grants) {
        const { status, endReason } = await grant(grantId);
        const expected = (left.get(userId) ?? true) ? ['ended', 'user_deactivated'] : ['active', null];
        expect([status, endReason]).toEqual(expected);
      }
    });
    expect(users.slice(0, ACTIVE).map((id) => left.get(id))).toEqual(Array<boolean>(ACTIVE).fill(false));
  });
});
