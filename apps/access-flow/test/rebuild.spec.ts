import { type GroupState, type GroupWithMembers, type IntegrationState, type UserProfile } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { PERSONS, Integration, type Person } from './integration.js';

/** The directory of the simulated identity service. */
interface Directory {
  users: UserProfile[];
  groups: (GroupState & { members: string[] })[];
}

describe('A rebuild of the projection', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  let directory: Directory;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    await accessFlow.rows(`UPDATE access_flow.integrations SET projection_version = 1`);
    await accessFlow.rows(`DELETE FROM access_flow.rebuilds`);
    directory = {
      users: PERSONS.map((name) => ({
        ...integration.people[name],
        attributes: { title: name },
        attributesVersion: 0,
      })),
      groups: [group(integration.deploy, 'Deploy', ['alice', 'bob']), group(integration.billing, 'Billing', [])],
    };
    replyFrom(() => directory);
  });

  const group = (groupId: string, displayName: string, members: Person[], version = 1) => ({
    ...{ groupId, displayName, externalId: null, deleted: false, synced: true, syncVersion: 1, version },
    members: members.map((name) => integration.people[name].userId),
  });

  /** Replies like identity, in pages of two. */
  function replyFrom(read: () => Directory): void {
    const isOwn = (ids: string[]) => ids[0] === integration.id;
    const sorted = <T>(items: T[], idOf: (item: T) => string) => items.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const pageAfter = <T>(items: T[], idOf: (item: T) => string, after = '') => {
      const rest = sorted(items, idOf).filter((item) => idOf(item) > after);
      return { items: rest.slice(0, 2), nextCursor: rest.length > 2 ? idOf(rest[1]!) : null };
    };
    const withMembers = ({ members, ...state }: Directory['groups'][number], after = ''): GroupWithMembers => {
      const { items, nextCursor } = pageAfter(members, (id) => id, after);
      return { group: state, userIds: items, nextMember: nextCursor };
    };
    const nothing = { items: [], nextCursor: null };
    Object.assign(accessFlow.identity, {
      'users.statePage': ({ cursor }, ids) =>
        isOwn(ids) ? pageAfter(read().users, ({ userId }) => userId, cursor) : nothing,
      'groups.statePage': ({ cursor }, ids) => {
        const { items, nextCursor } = pageAfter(read().groups, ({ groupId }) => groupId, cursor);
        return isOwn(ids) ? { items: items.map((item) => withMembers(item)), nextCursor } : nothing;
      },
      'groups.memberPage': ({ id, after }) => {
        const found = read().groups.find(({ groupId }) => groupId === id);
        return { found: found ? withMembers(found, after) : null };
      },
      'users.deactivations': ({ users }, ids) => {
        const byId = new Map(read().users.map((user) => [user.userId, user]));
        return {
          changed: users.flatMap(({ id, deactivations }) => {
            const user = byId.get(id);
            return user && user.deactivations > deactivations ? [user] : [];
          }),
          absent: isOwn(ids) ? users.filter(({ id }) => !byId.has(id)).map(({ id }) => id) : [],
        };
      },
      'groups.states': ({ groups }, ids) => {
        const known = new Set(read().groups.map(({ groupId }) => groupId));
        return {
          changed: [],
          absent: isOwn(ids) ? groups.filter(({ id }) => !known.has(id)).map(({ id }) => id) : [],
        };
      },
    } satisfies TestAccessFlow['identity']);
  }

  const state = (): IntegrationState => ({
    ...{ integrationId: integration.id, name: 'Example', type: 'okta-scim', status: 'active', groupsToSync: [] },
    ...{ groupsToSyncVersion: 1, profileAttributes: [], profileAttributesVersion: 0, managerAttribute: null },
    ...{ disabled: false, disablements: 0, removed: false, version: 1 },
  });
  const rebuild = async () => {
    await integration.ask('projections.rebuild', { state: state() });
    await accessFlow.rebuild();
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.rebuilds`)).toEqual([]);
  };
  const emptyProjection = async () => {
    for (const table of ['users', 'groups', 'members', 'user_profiles'])
      await accessFlow.rows(`DELETE FROM access_flow.${table} WHERE integration_id = $1`, [integration.id]);
  };
  const titles = async () =>
    (
      await accessFlow.rows<{ title: string }>(
        `SELECT attributes ->> 'title' AS title FROM access_flow.user_profiles WHERE integration_id = $1 ORDER BY 1`,
        [integration.id],
      )
    ).map(({ title }) => title);

  it('restores users, profiles, groups and members of an empty projection', async () => {
    await emptyProjection();
    directory.groups[0]!.members.push(
      integration.people.carol.userId,
      integration.people.dan.userId,
      integration.people.erin.userId,
    );
    await rebuild();
    expect(await titles()).toEqual([...PERSONS]);
    expect(Object.keys(await integration.members(integration.deploy)).sort()).toEqual(['alice', 'bob', 'carol', 'dan']);
    const request = await integration.request(await integration.flow(), 'alice', { groupId: integration.billing });
    expect(request.status).toBe('approved');
  });

  it('runs automatically, once, if the projection is older than the code', async () => {
    await accessFlow.rows(`UPDATE access_flow.integrations SET projection_version = 0 WHERE id = $1`, [integration.id]);
    await accessFlow.rebuild();
    expect(await titles()).toEqual([...PERSONS]);
    let calls = 0;
    accessFlow.identity['users.statePage'] = () => ({ items: (calls++, []), nextCursor: null });
    await accessFlow.rebuild();
    expect(calls).toBe(0);
  });

  it('ends the grants of a user that identity no longer has, and no others', async () => {
    const [alice, bob] = [await integration.requestAccess('alice'), await integration.requestAccess('bob')];
    directory.users = directory.users.filter(({ userId }) => userId !== integration.people.alice.userId);
    await rebuild();
    await accessFlow.runTargets();
    expect(await integration.grant(alice)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' });
    expect(await integration.grant(bob)).toMatchObject({ status: 'active' });
  });

  it('ends the grants of a group that identity no longer has', async () => {
    const grant = await integration.requestAccess('alice');
    directory.groups.shift();
    await rebuild();
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'group_deleted' });
  });

  it('removes members that identity no longer has in the group', async () => {
    await integration.push(integration.deploy, 2, { alice: true, bob: true, carol: true, dan: true });
    directory.groups[0] = group(integration.deploy, 'Deploy', ['bob'], 3);
    await rebuild();
    expect(Object.keys(await integration.members(integration.deploy))).toEqual(['bob']);
  });

  it('does not undo events that arrive while it reads: a deactivation, a new user, a new member', async () => {
    const grant = await integration.requestAccess('alice');
    const older = structuredClone(directory);
    const newcomer = uuidv7();
    let published: Promise<void> | undefined;
    replyFrom(() => older);
    const reply = accessFlow.identity['users.statePage'];
    accessFlow.identity['users.statePage'] = (data, ids) => {
      published ??= publishChanges();
      return reply(data, ids);
    };
    const publishChanges = async () => {
      await integration.deactivate('alice');
      await accessFlow.handleEvent(
        integration.userEvent({ ...integration.people.bob, userId: newcomer }, 'user.created'),
      );
      await integration.push(integration.deploy, 5, { dan: true, bob: false });
      replyFrom(() => ({
        users: [...older.users, { ...integration.people.bob, userId: newcomer, attributes: {}, attributesVersion: 0 }],
        groups: older.groups,
      }));
    };
    await integration.ask('projections.rebuild', { state: state() });
    await accessFlow.rebuild();
    await published;
    await rebuild();
    await accessFlow.runTargets();
    expect(await integration.grant(grant)).toMatchObject({ status: 'ended', endReason: 'user_deactivated' });
    expect(Object.keys(await integration.members(integration.deploy))).toEqual(['dan']);
    const rows = await accessFlow.rows(
      `SELECT active, deleted FROM access_flow.users WHERE id = ANY ($1) ORDER BY id`,
      [[integration.people.alice.userId, newcomer]],
    );
    expect(rows).toEqual([
      { active: false, deleted: false },
      { active: true, deleted: false },
    ]);
  });

  it('continues at the same step after a failure of identity', async () => {
    await emptyProjection();
    const reply = accessFlow.identity['groups.statePage'];
    accessFlow.identity['groups.statePage'] = () => {
      throw new Error('identity is unavailable');
    };
    await integration.ask('projections.rebuild', { state: state() });
    await accessFlow.rebuild();
    expect(await accessFlow.rows(`SELECT step FROM access_flow.rebuilds`)).toEqual([{ step: 'groups' }]);
    expect(await titles()).toEqual([...PERSONS]);
    accessFlow.identity['groups.statePage'] = reply;
    await accessFlow.rows(`UPDATE access_flow.rebuilds SET due_at = now()`);
    await accessFlow.rebuild();
    expect(Object.keys(await integration.members(integration.deploy)).sort()).toEqual(['alice', 'bob']);
  });

  it('restores the lost row of an integration, with its status', async () => {
    await accessFlow.rows(`DELETE FROM access_flow.integrations WHERE id = $1`, [integration.id]);
    await integration.ask('projections.rebuild', {
      state: { ...state(), disabled: true, disablements: 1, version: 4 },
    });
    expect(
      await accessFlow.rows(`SELECT disabled, version::int FROM access_flow.integrations WHERE id = $1`, [
        integration.id,
      ]),
    ).toEqual([{ disabled: true, version: 4 }]);
  });

  it('is refused for an integration that the caller does not reach, and for a removed one', async () => {
    const other = { ...state(), integrationId: uuidv7() };
    await expect(integration.ask('projections.rebuild', { state: other })).rejects.toMatchObject({ code: 'invalid' });
    await integration.publish('integration.removed', integration.id, { removed: true, version: 9 });
    await expect(integration.ask('projections.rebuild', { state: state() })).rejects.toMatchObject({ code: 'missing' });
  });
});
