import { type CommandData, NAME_LENGTH, USERS_AT_ONCE } from '@tidegate/contracts';
import { randomUUID } from 'node:crypto';
import { TestAccessFlow } from './harness.js';
import { inGroups, Integration, type Person } from './integration.js';

describe('Names of users, groups and flows', () => {
  const accessFlow = TestAccessFlow.use();
  let [here, there]: Integration[] = [];
  beforeEach(async () => {
    [here, there] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
  });

  const resolve = (data: CommandData<'references.resolve'>, ...where: Integration[]) =>
    accessFlow.ask(
      where.map(({ id }) => id),
      'references.resolve',
      data,
    );
  const found = (name: string, id: string, { id: integrationId }: Integration) => ({ name, id, integrationId });
  const member = (person: Person) => ({ integrationId: here!.id, userId: here!.people[person].userId });
  const NONE = { users: [], groups: [], flows: [] };

  it('find what has the name in the integrations of the command, without regard to case', async () => {
    const flow = await here!.flow({ name: 'Straße zur Σίγμας' });
    const userName = here!.people.alice.userName.toUpperCase();
    const data = { userNames: [userName, 'nobody'], groupNames: ['dEPLOY'], flowNames: ['sTRAßE ZUR σΊΓΜΑσ'] };
    expect(await resolve(data, here!)).toEqual({
      users: [found(userName, here!.people.alice.userId, here!)],
      groups: [found('dEPLOY', here!.deploy, here!)],
      flows: [found('sTRAßE ZUR σΊΓΜΑσ', flow.id, here!)],
    });
    const elsewhere = await resolve(data, there!);
    expect(elsewhere).toEqual({
      users: [found(userName, there!.people.alice.userId, there!)],
      groups: [found('dEPLOY', there!.deploy, there!)],
      flows: [],
    });
    expect(await resolve(data)).toEqual(NONE);
    expect(await resolve({}, here!)).toEqual(NONE);
    expect((await resolve(data, here!, there!)).users).toHaveLength(2);
  });

  it('are those of now: a renamed or deleted object has no other name', async () => {
    const { userName, userId } = here!.people.alice;
    await accessFlow.handleEvent(here!.userEvent(here!.next('alice', { userName: 'Renamed' })));
    await here!.group(here!.deploy, 'Release', 2);
    const data = { userNames: [userName, 'renamed'], groupNames: ['deploy', 'release', 'billing'] };
    expect(await resolve(data, here!)).toEqual({
      users: [found('renamed', userId, here!)],
      groups: [found('release', here!.deploy, here!), found('billing', here!.billing, here!)],
      flows: [],
    });
    await accessFlow.handleEvent(
      here!.userEvent(here!.next('alice', { active: false, deleted: true }), 'user.deleted'),
    );
    await here!.group(here!.deploy, 'Release', 3, true);
    const unsynced = { groupId: here!.billing, displayName: 'Billing', deleted: false, synced: false, syncVersion: 1 };
    await here!.publish('group.created', here!.billing, { ...unsynced, version: 2 });
    expect(await resolve(data, here!)).toEqual(NONE);
  });

  it('have two matches at most, which is enough to be ambiguous', async () => {
    const groups = ['0', '1', '2'].map(
      (digit) => here!.deploy.slice(0, -1) + (digit === here!.deploy.at(-1) ? '3' : digit),
    );
    for (const id of groups) await here!.group(id, 'Deploy');
    const ids = (await resolve({ groupNames: ['Deploy'] }, here!)).groups.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect([here!.deploy, ...groups]).toEqual(expect.arrayContaining(ids));
  });

  it('of other users, and of groups and flows that a member cannot see, are unknown to the member', async () => {
    await here!.push(here!.billing, 2, { alice: true }); // names the group "Group"
    const eligibility = inGroups(here!.billing);
    const steps = here!.by('carol');
    const flow = await here!.flow({ name: 'Night shift', groupIds: [here!.deploy], eligibility, steps });
    const data = {
      userNames: [here!.people.alice.userName, here!.people.bob.userName],
      groupNames: ['Deploy', 'Group'],
      flowNames: ['night shift'],
    };
    const seen = async (person: Person) => {
      const { users, groups, flows } = await resolve({ ...data, visibleTo: [member(person)] }, here!);
      return [...users, ...groups, ...flows].map(({ id }) => id).sort();
    };
    expect(await seen('alice')).toEqual([here!.people.alice.userId, here!.deploy, here!.billing, flow.id].sort());
    expect(await seen('bob')).toEqual([here!.people.bob.userId]);
    expect(await seen('carol')).toEqual([here!.deploy, flow.id].sort());
    // Members of one integration do not limit what an administrator of another finds there.
    const both = await resolve({ ...data, visibleTo: [member('bob')] }, here!, there!);
    expect(both.groups.map(({ integrationId }) => integrationId)).toEqual([there!.id]);
  });

  it('are limited in number and length', async () => {
    const names = (count: number) => Array.from({ length: count }, (_, n) => `name ${n}`);
    expect(await resolve({ groupNames: names(200), userNames: ['x'.repeat(NAME_LENGTH)] }, here!)).toEqual(NONE);
    for (const data of [
      { groupNames: names(201) },
      { userNames: ['x'.repeat(NAME_LENGTH + 1)] },
      { flowNames: ['\0'] },
    ])
      await expect(resolve(data, here!)).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('The names of users with given ids', () => {
  const accessFlow = TestAccessFlow.use();
  let [here, there]: Integration[] = [];
  beforeAll(async () => {
    [here, there] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
  });

  const names = async (userIds: string[], ...where: Integration[]) => {
    const ids = where.map(({ id }) => id);
    const { users } = await accessFlow.ask(ids, 'references.names', { userIds });
    return new Map(users.map(({ id, ...user }) => [id, user]));
  };
  const named = ({ id: integrationId, people }: Integration, person: Person) => {
    const { userId, userName, displayName } = people[person];
    return [userId, { integrationId, userName, displayName }] as const;
  };

  it('are those of the integrations of the command', async () => {
    const ids = [here!, there!].flatMap(({ people }) => [people.alice.userId, people.bob.userId]);
    const ofHere = [named(here!, 'alice'), named(here!, 'bob')];
    expect(await names([...ids, here!.deploy], here!)).toEqual(new Map(ofHere));
    const all = [...ofHere, named(there!, 'alice'), named(there!, 'bob')];
    expect(await names(ids, here!, there!)).toEqual(new Map(all));
    for (const nothing of [await names(ids), await names([], here!)]) expect(nothing).toEqual(new Map());
  });

  it('are those of now, and stay after a deletion', async () => {
    const { userId } = here!.people.carol;
    const current = { integrationId: here!.id, userName: 'Renamed', displayName: 'Carol' };
    await accessFlow.handleEvent(here!.userEvent(here!.next('carol', { userName: 'Renamed', displayName: 'Carol' })));
    expect(await names([userId], here!)).toEqual(new Map([[userId, current]]));
    await accessFlow.handleEvent(
      here!.userEvent(here!.next('carol', { active: false, deleted: true }), 'user.deleted'),
    );
    expect([...(await names([userId], here!)).keys()]).toEqual([userId]);
  });

  it('are limited in number', async () => {
    const ids = Array.from({ length: USERS_AT_ONCE + 1 }, () => randomUUID());
    expect(await names(ids.slice(1), here!)).toEqual(new Map());
    for (const userIds of [ids, ['x']]) await expect(names(userIds, here!)).rejects.toMatchObject({ code: 'invalid' });
  });
});
