import {
  EMPLOYEE_NUMBER,
  MANAGER_ATTRIBUTES,
  MANAGER_VALUE,
  type ManagerAttribute,
  type UserProfile,
} from '@tidegate/contracts';
import { managersOf, MANAGERS_AT_ONCE, reportsOf } from '../src/directory/managers.queries.js';
import { type ManagerResolution } from '../src/directory/managers.rule.js';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person, PERSONS } from './integration.js';

/** The attributes that each person has; `manager.value` is added. */
const attributesOf = (person: Person): UserProfile['attributes'] => ({
  'emails.value': `${person}@mail.example`,
  [EMPLOYEE_NUMBER]: `n-${person}`,
});

describe('Managers', () => {
  const accessFlow = TestAccessFlow.use();
  let [here, there]: Integration[] = [];
  let version: number;
  beforeEach(async () => {
    [here, there] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
    version = 1;
    for (const integration of [here, there])
      for (const person of PERSONS) {
        await accessFlow.handleEvent(integration.userEvent(integration.next(person, { externalId: `x-${person}` })));
        await profile(person, {}, integration);
      }
  });

  const profile = (person: Person, attributes: UserProfile['attributes'], integration = here!) => {
    const state = { ...integration.people[person], attributes: { ...attributesOf(person), ...attributes } };
    return integration.publish('user.profile.changed', state.userId, { ...state, attributesVersion: ++version });
  };
  const manager = (person: Person, value: string) => profile(person, { [MANAGER_VALUE]: value });
  const set = (managerAttribute: ManagerAttribute | null, integration = here!) =>
    integration.publish('integration.updated', integration.id, {
      managerAttribute,
      removed: false,
      version: ++version,
    });
  const found = (ids: string[], integration = here!) =>
    accessFlow.database.transaction({ integrationIds: [integration.id] }, (tx) => managersOf(tx, integration.id, ids));
  const managerOf = async (person: Person): Promise<ManagerResolution | undefined> => {
    const { userId } = here!.people[person];
    return (await found([userId])).get(userId);
  };
  const reports = async (person: Person, limit = 100) => {
    const ids = await accessFlow.database.transaction({ integrationIds: [here!.id] }, (tx) =>
      reportsOf(tx, here!.id, here!.people[person].userId, limit),
    );
    return ids.map((id) => here!.nameOf(id));
  };
  const is = (person: Person) => ({ managerId: here!.people[person].userId });
  const report = (integration = here!) => integration.ask('managers.report', { integrationId: integration.id });

  /** The value that names bob, and one that differs from it. */
  const values: Record<ManagerAttribute, () => [string, string]> = {
    id: () => [here!.people.bob.userId.toUpperCase(), there!.people.bob.userId],
    externalId: () => ['x-bob', 'X-bob'],
    userName: () => [here!.people.bob.userName.toUpperCase(), `${here!.people.bob.userName} `],
    email: () => ['Bob@MAIL.example', 'bob@mail.exampl'],
    employeeNumber: () => ['n-bob', 'N-bob'],
  };

  it.each(MANAGER_ATTRIBUTES)('are found by %s, and by no other attribute', async (attribute) => {
    const [value, other] = values[attribute]();
    await manager('alice', value);
    for (const each of MANAGER_ATTRIBUTES) {
      await set(each);
      const isEmailAndUserName = [each, attribute].every((one) => ['email', 'userName'].includes(one));
      if (each !== attribute && !isEmailAndUserName)
        expect(await managerOf('alice')).toEqual({ unresolved: 'unknown' });
    }
    await set(attribute);
    expect(await managerOf('alice')).toEqual(is('bob'));
    expect(await reports('bob')).toEqual(['alice']);
    await manager('alice', other);
    expect(await managerOf('alice')).toEqual({ unresolved: 'unknown' });
    expect(await reports('bob')).toEqual([]);
  });

  it('are not resolved without the setting, nor with one that this release does not know', async () => {
    await manager('alice', 'n-bob');
    expect(await managerOf('alice')).toEqual({ unresolved: 'no_setting' });
    await set('employeeNumber');
    expect(await managerOf('alice')).toEqual(is('bob'));
    await set('badge' as ManagerAttribute);
    expect(await managerOf('alice')).toEqual({ unresolved: 'no_setting' });
    expect(await reports('bob')).toEqual([]);
    await set('employeeNumber');
    await set(null);
    expect(await managerOf('alice')).toEqual({ unresolved: 'no_setting' });
  });

  it.each(MANAGER_ATTRIBUTES)('by %s are neither the user, nor inactive, nor deleted', async (attribute) => {
    await set(attribute);
    const [value] = values[attribute]();
    await manager('alice', value);
    await manager('bob', value);
    expect(await managerOf('bob')).toEqual({ unresolved: 'self' });
    expect(await reports('bob')).toEqual(['alice']);
    await here!.deactivate('bob');
    expect(await managerOf('alice')).toEqual({ unresolved: 'inactive' });
    expect(await reports('bob')).toEqual([]);
    await here!.reactivate('bob');
    expect(await managerOf('alice')).toEqual(is('bob'));
    await accessFlow.handleEvent(here!.userEvent(here!.next('bob', { active: false, deleted: true }), 'user.deleted'));
    expect(await managerOf('alice')).toEqual({ unresolved: 'unknown' });
    expect(await managerOf('bob')).toEqual({ unresolved: 'no_value' });
    expect(await reports('bob')).toEqual([]);
  });

  it.each<[ManagerAttribute, () => Promise<void>]>([
    ['externalId', () => accessFlow.handleEvent(here!.userEvent(here!.next('erin', { externalId: 'x-bob' })))],
    [
      'userName',
      async () => {
        const userName = here!.people.bob.userName.toUpperCase();
        await accessFlow.handleEvent(here!.userEvent(here!.next('erin', { userName })));
      },
    ],
    ['email', () => profile('erin', { 'emails.value': 'BOB@mail.example' })],
    ['employeeNumber', () => profile('erin', { [EMPLOYEE_NUMBER]: 'n-bob' })],
  ])('by %s are ambiguous if two users match, also if one is inactive', async (attribute, duplicate) => {
    await set(attribute);
    await manager('alice', values[attribute]()[0]);
    expect(await managerOf('alice')).toEqual(is('bob'));
    await duplicate();
    expect(await managerOf('alice')).toEqual({ unresolved: 'ambiguous' });
    expect(await reports('bob')).toEqual([]);
  });

  it('of another integration never match, and a removed integration has none', async () => {
    for (const attribute of MANAGER_ATTRIBUTES) {
      await set(attribute);
      await set(attribute, there);
      await profile('alice', { [MANAGER_VALUE]: values[attribute]()[0] }, there);
      const alice = there!.people.alice.userId;
      const expected = attribute === 'id' ? { unresolved: 'unknown' } : { managerId: there!.people.bob.userId };
      expect((await found([alice], there)).get(alice)).toEqual(expected);
      // Users of another integration are unknown.
      expect((await found([alice])).get(alice)).toEqual({ unresolved: 'no_value' });
    }
    await manager('alice', 'n-bob');
    await here!.publish('integration.removed', here!.id, { removed: true, version: 1_000 });
    expect(await managerOf('alice')).toEqual({ unresolved: 'no_setting' });
  });

  it('are found for many users at once, but not for more than the limit', async () => {
    await set('employeeNumber');
    await manager('alice', 'n-carol');
    await manager('dan', 'n-carol');
    await manager('erin', 'nobody');
    const { alice, bob, dan, erin } = here!.people;
    expect(Object.fromEntries(await found([alice, bob, dan, erin].map(({ userId }) => userId)))).toEqual({
      [alice.userId]: is('carol'),
      [bob.userId]: { unresolved: 'no_value' },
      [dan.userId]: is('carol'),
      [erin.userId]: { unresolved: 'unknown' },
    });
    expect((await reports('carol')).sort()).toEqual(['alice', 'dan']);
    expect(await reports('carol', 1)).toHaveLength(1);
    await expect(found(Array.from({ length: MANAGERS_AT_ONCE + 1 }, () => alice.userId))).rejects.toThrow('501');
  });

  it('are those of the newest profile, and of users that a rebuild stored', async () => {
    await set('email');
    await manager('alice', 'bob@mail.example');
    await manager('alice', 'carol@mail.example');
    expect(await managerOf('alice')).toEqual(is('carol'));
    const state = { ...here!.people.dan, userId: here!.deploy, deactivations: 0, active: true, version: 1 };
    const attributes = { [MANAGER_VALUE]: 'CAROL@mail.example', 'emails.value': 'new@mail.example' };
    accessFlow.identity['users.statePage'] = () => ({
      items: [{ ...state, attributes, attributesVersion: 0 }],
      nextCursor: null,
    });
    const { id } = here!;
    const rest = { groupsToSync: [], groupsToSyncVersion: 1, profileAttributes: [], profileAttributesVersion: 0 };
    await here!.ask('projections.rebuild', {
      state: {
        ...{ integrationId: id, name: 'Acme', type: 'okta-scim', status: 'active', ...rest },
        ...{ managerAttribute: 'email', disabled: false, disablements: 0, removed: false, version },
      },
    });
    await accessFlow.rebuild();
    expect((await found([here!.deploy])).get(here!.deploy)).toEqual(is('carol'));
  });

  describe('in a report', () => {
    it('are counted for each attribute, with examples of values that do not resolve', async () => {
      await set('email');
      await manager('alice', 'bob@mail.example');
      await manager('bob', 'bob@mail.example');
      await manager('carol', 'nobody');
      await manager('dan', 'erin@mail.example');
      await manager('erin', 'nobody'); // inactive, so not counted
      const { managerAttribute, activeUsers, withManagerValue, attributes } = await report();
      expect([managerAttribute, activeUsers, withManagerValue]).toEqual(['email', 4, 4]);
      const byAttribute = Object.fromEntries(attributes.map(({ attribute, ...counts }) => [attribute, counts]));
      expect(byAttribute['email']).toEqual({
        ...{ resolved: 1, unknown: 1, ambiguous: 0, inactive: 1, self: 1 },
        examples: expect.arrayContaining([
          { value: 'nobody', reason: 'unknown', users: 1 },
          { value: 'erin@mail.example', reason: 'inactive', users: 1 },
          { value: 'bob@mail.example', reason: 'self', users: 1 },
        ]),
      });
      for (const attribute of ['id', 'externalId', 'employeeNumber'])
        expect(byAttribute[attribute]).toMatchObject({ resolved: 0, unknown: 4 });
      expect(byAttribute['id']!.examples[0]).toEqual({ value: 'bob@mail.example', reason: 'unknown', users: 2 });
      const empty = await report(there);
      expect(empty).toMatchObject({ managerAttribute: null, activeUsers: 4, withManagerValue: 0 });
      expect(empty.attributes.flatMap(({ examples }) => examples)).toEqual([]);
    });

    it('are those of one integration of the command', async () => {
      const ask = (integrationId: string) => here!.ask('managers.report', { integrationId });
      await expect(ask(there!.id)).rejects.toMatchObject({ code: 'missing' });
      await expect(ask('everything')).rejects.toMatchObject({ code: 'invalid' });
    });
  });
});
