import { type Database } from '@tidegate/database';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Isolation of integrations', () => {
  const accessFlow = TestAccessFlow.use();

  it('rows of another integration are reported as missing', async () => {
    const [one, two] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
    const grant = await one.requestAccess('alice');
    const flow = await one.reviewedFlow('bob');
    const request = await one.request(flow, 'carol');
    const missing = refusal('missing');
    await expect(two.ask('flows.get', { id: flow.id })).rejects.toEqual(missing);
    await expect(two.ask('flows.delete', { id: flow.id })).rejects.toEqual(missing);
    await expect(two.ask('flows.update', { id: flow.id, settings: { enabled: false } })).rejects.toEqual(missing);
    await expect(two.request(flow, 'alice')).rejects.toEqual(missing);
    await expect(two.review(request, 'bob')).rejects.toEqual(missing);
    await expect(two.ask('requests.cancel', { id: request.id })).rejects.toEqual(missing);
    await expect(two.ask('grants.revoke', { id: grant.grantId })).rejects.toEqual(missing);
    await expect(two.ask('grants.extend', { id: grant.grantId, durationSeconds: 60 })).rejects.toEqual(missing);
    await expect(two.ask('owners.get', { groupId: one.deploy })).rejects.toEqual(missing);
    const owners = { groupId: one.deploy, userIds: [two.people.bob.userId] };
    await expect(two.ask('owners.set', owners)).rejects.toEqual(missing);
    await expect(two.members(one.deploy)).rejects.toEqual(missing);
    await expect(two.ask('memberships.list', { userId: one.people.alice.userId, limit: 1 })).rejects.toEqual(missing);
    await expect(two.flow({ groupIds: [one.deploy] })).rejects.toEqual(refusal('invalid'));
    await expect(accessFlow.ask([two.id], 'flows.create', one.newFlow())).rejects.toEqual(missing);
    expect((await two.ask('grants.list', { limit: 9, integrationId: one.id })).items).toEqual([]);
    expect((await accessFlow.ask([one.id, two.id], 'grants.list', { limit: 9 })).items).toHaveLength(1);
    expect((await accessFlow.ask([], 'grants.list', { limit: 9 })).items).toEqual([]);
  });

  it('row-level security hides other integrations from a query without a condition', async () => {
    const [one, two] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
    await one.push(one.deploy, 2, { alice: true });
    await one.requestAccess('alice');
    const flow = await one.reviewedFlow('bob');
    await one.review(await one.request(flow, 'carol'), 'bob');
    for (const integration of [one, two]) {
      const owners = [integration.people.bob.userId];
      await integration.ask('owners.set', { groupId: integration.deploy, userIds: owners });
      const profile = { ...integration.people.alice, attributes: { title: 'Clerk' }, attributesVersion: 0 };
      await integration.publish('user.profile.changed', profile.userId, profile);
    }
    const isolatedTables = await accessFlow.rows<{ name: string; forced: boolean }>(
      `SELECT table_name AS name FROM information_schema.columns c
       WHERE table_schema = 'access_flow' AND column_name = 'integration_id'
         AND table_name <> 'rebuilds'`,
    );
    expect(isolatedTables.map((table) => table.name).sort()).toEqual([
      'directory_memberships',
      'flow_versions',
      'flows',
      'grants',
      'group_owners',
      'groups',
      'inbox',
      'jobs',
      'members',
      'outbox',
      'request_approvers',
      'request_entries',
      'requests',
      'reviews',
      'user_profiles',
      'users',
    ]);
    const count = (database: Database, integrationIds: string[], table: string) =>
      database.transaction({ integrationIds }, (tx) =>
        tx.rows<{ integration_id: string }>(`SELECT DISTINCT integration_id FROM access_flow.${table}`),
      );
    for (const { name } of isolatedTables) {
      expect([name, await count(accessFlow.database, [one.id], name)]).toEqual([name, [{ integration_id: one.id }]]);
      expect([name, await count(accessFlow.database, [], name)]).toEqual([name, []]);
    }
    await expect(
      accessFlow.database.transaction({ integrationIds: [one.id] }, (tx) =>
        tx.run(`INSERT INTO access_flow.groups VALUES ($1, $1, 'Stolen', false, 1)`, [two.id]),
      ),
    ).rejects.toThrow(/row-level security/);
  });
});
