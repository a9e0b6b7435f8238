import { type Person as Facts } from '../src/policy/condition.rule.js';
import { readPersons } from '../src/policy/person.queries.js';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person, PERSONS } from './integration.js';

describe('The facts that conditions compare', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const read = (
    userIds = PERSONS.map((name) => integration.people[name].userId),
    groupIds = [integration.deploy, integration.billing],
    managers?: ReadonlyMap<string, string>,
  ) =>
    accessFlow.database.transaction({ integrationIds: [integration.id] }, (tx) =>
      readPersons(tx, integration.id, userIds, groupIds, managers),
    );
  const factsOf = async (person: Person): Promise<Facts> => (await read()).get(integration.people[person].userId)!;
  const memberships = async (person: Person) => Object.fromEntries((await factsOf(person)).groups);
  const NONE = { scim: false, granted: false };

  it('a membership by SCIM and one by a grant are told apart', async () => {
    await integration.push(integration.billing, 2, { alice: true, bob: true });
    await integration.push(integration.billing, 3, { bob: false });
    await integration.requestAccess('alice');
    await integration.requestAccess('bob', { groupId: integration.billing });
    const { deploy, billing } = integration;
    expect(await memberships('alice')).toEqual({
      [deploy]: { scim: false, granted: true },
      [billing]: { scim: true, granted: false },
    });
    expect(await memberships('bob')).toEqual({ [deploy]: NONE, [billing]: { scim: false, granted: true } });
    expect(await memberships('carol')).toEqual({ [deploy]: NONE, [billing]: NONE });
  });

  it('a member by SCIM before the grant is also granted, until the grant ends', async () => {
    await integration.push(integration.deploy, 2, { alice: true, bob: true });
    await integration.requestAccess('alice');
    expect((await memberships('alice'))[integration.deploy]).toEqual({ scim: true, granted: true });
    // As a target outside of the directory leaves it.
    await accessFlow.rows(`DELETE FROM access_flow.directory_memberships WHERE integration_id = $1`, [integration.id]);
    expect((await memberships('alice'))[integration.deploy]).toEqual({ scim: true, granted: true });
    expect((await memberships('bob'))[integration.deploy]).toEqual({ scim: true, granted: false });
    await integration.endGrants();
    await accessFlow.runTargets();
    expect((await memberships('alice'))[integration.deploy]).toEqual({ scim: true, granted: false });
  });

  it('a member who is pushed while a grant is live is only granted: the grant may have caused the push', async () => {
    await integration.requestAccess('alice');
    await integration.push(integration.deploy, 2, { alice: true });
    expect((await memberships('alice'))[integration.deploy]).toEqual({ scim: false, granted: true });
    await integration.endGrants();
    await accessFlow.runTargets();
    expect((await memberships('alice'))[integration.deploy]).toEqual({ scim: true, granted: false });
  });

  it('a group that is deleted, not synced or unknown has no entry', async () => {
    await integration.push(integration.billing, 2, { alice: true });
    await integration.push(integration.deploy, 2, { alice: true });
    await integration.group(integration.billing, 'Billing', 9, true);
    expect(Object.keys(await memberships('alice'))).toEqual([integration.deploy]);
    await integration.publish('group.unsynced', integration.deploy, {
      ...{ groupId: integration.deploy, displayName: 'Deploy', deleted: false, synced: false, syncVersion: 9 },
      version: 9,
    });
    expect(await memberships('alice')).toEqual({});
    expect((await read([integration.people.alice.userId], [integration.people.bob.userId])).size).toBe(1);
  });

  it('a person has the attributes of the profile, and none without a profile', async () => {
    const { alice } = integration.people;
    const attributes = { title: 'Clerk', 'urn:example:1.0:User:level': 3 };
    const data = { ...alice, attributes, attributesVersion: 0 };
    await integration.publish('user.profile.changed', alice.userId, data);
    expect((await factsOf('alice')).attributes).toEqual(attributes);
    expect((await factsOf('bob')).attributes).toEqual({});
  });

  it('the manager is the one that the caller gives', async () => {
    const { alice, carol } = integration.people;
    const persons = await read(undefined, [], new Map([[alice.userId, carol.userId]]));
    expect([...persons.values()].map(({ managerId }) => managerId).filter(Boolean)).toEqual([carol.userId]);
    expect(persons.get(alice.userId)?.managerId).toBe(carol.userId);
  });

  it('a deleted user has no facts; a deactivated user has', async () => {
    const gone = integration.next('alice', { active: false, deleted: true });
    await accessFlow.handleEvent(integration.userEvent(gone, 'user.deleted'));
    const persons = await read();
    expect([...persons.keys()].map((id) => integration.nameOf(id)).sort()).toEqual(['bob', 'carol', 'dan', 'erin']);
  });

  it('users, groups, members and grants of another integration never count, even in one transaction', async () => {
    const other = await Integration.create(accessFlow);
    await other.push(other.billing, 2, { alice: true });
    await other.requestAccess('alice');
    await integration.push(integration.billing, 2, { alice: true });
    const { alice } = integration.people;
    const stranger = other.people.alice.userId;
    const profile = { ...other.people.alice, attributes: { title: 'Clerk' }, attributesVersion: 0 };
    await other.publish('user.profile.changed', stranger, profile);
    // The same ids in the other integration: a row counts only by its own integration.
    for (const table of ['members', 'directory_memberships'])
      await accessFlow.rows(
        `INSERT INTO access_flow.${table} (integration_id, group_id, user_id ${table === 'members' ? ', present, version' : ''})
         VALUES ($1, $2, $3 ${table === 'members' ? ', true, 99' : ''})`,
        [other.id, integration.deploy, alice.userId],
      );
    const persons = await accessFlow.database.transaction({ integrationIds: [integration.id, other.id] }, (tx) =>
      readPersons(tx, integration.id, [alice.userId, stranger], [integration.deploy, other.billing, other.deploy]),
    );
    expect([...persons.keys()]).toEqual([alice.userId]);
    expect(Object.fromEntries(persons.get(alice.userId)!.groups)).toEqual({ [integration.deploy]: NONE });
  });
});
