import { v7 as uuidv7 } from 'uuid';
import { type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

const ALICE = {
  userName: 'Alice@Example.com',
  externalId: '00u1',
  name: { givenName: 'Alice', familyName: 'Asks' },
  emails: [{ value: 'alice@example.com', type: 'work', primary: true }],
};

describe('creating a user', () => {
  it('creates an active user of version 1 with one event, also in the first command of an integration', async () => {
    const alice = await okta.createUser(ALICE);
    expect(alice).toMatchObject({ attributes: { ...ALICE, active: true }, active: true, version: 1, groups: [] });
    expect(alice.createdAt).toBe(alice.lastModifiedAt);
    expect(await okta.takeEvents()).toEqual([
      expect.objectContaining({
        name: 'user.created',
        subject: alice.id,
        version: 1,
        requestId: 'test',
        data: {
          userId: alice.id,
          userName: 'Alice@Example.com',
          displayName: 'Alice Asks',
          externalId: '00u1',
          active: true,
          deleted: false,
          deactivations: 0,
          version: 1,
        },
      }),
    ]);
    expect(await okta.getUser(alice.id)).toEqual(alice);
  });

  it('refuses a userName that differs from another only in case, and publishes nothing', async () => {
    await okta.createUser(ALICE);
    await okta.takeEvents();
    await expect(okta.createUser({ userName: 'aLICE@example.COM' })).rejects.toEqual(refusedWith('uniqueness'));
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('refuses characters that change the direction of text in userName, but not in displayName', async () => {
    const create = async () => okta.createUser({ userName: 'carol\u202enad@example.com' });
    await expect(create()).rejects.toEqual(refusedWith('invalidValue'));
    const displayName = '\u202bדן\u202c (Dan)';
    const dan = await okta.createUser({ userName: 'dan', displayName });
    expect(dan.attributes).toMatchObject({ displayName });
    const rename = okta.putUser(dan.id, { userName: 'dan\u2067' });
    await expect(rename).rejects.toEqual(refusedWith('invalidValue'));
    expect(await okta.getUser(dan.id)).toEqual(dan);
  });

  it('creates one user for a repeated command, sequential or concurrent', async () => {
    const commandId = uuidv7();
    const first = await okta.createUser(ALICE, { commandId });
    expect(await okta.createUser(ALICE, { commandId })).toEqual(first);

    const again = { commandId: uuidv7() };
    const both = await Promise.all([
      okta.createUser({ userName: 'bob' }, again),
      okta.createUser({ userName: 'bob' }, again),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect((await okta.takeEvents()).map(({ name }) => name)).toEqual(['user.created', 'user.created']);
    expect((await okta.findUsers()).totalResults).toBe(2);
  });

  it('lets exactly one of several concurrent commands with the same userName succeed', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => okta.createUser({ userName: i % 2 ? 'CAROL' : 'carol' })),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(7);
    for (const { reason } of refused) expect(reason).toEqual(refusedWith('uniqueness'));
    expect((await okta.takeEvents()).map(({ name }) => name)).toEqual(['user.created']);
  });

  it('isolates users of two integrations with the same userName', async () => {
    const other = directory.tenant();
    const [here, there] = [await okta.createUser(ALICE), await other.createUser(ALICE)];
    expect(here.id).not.toBe(there.id);
    await other.patchUser(there.id, [{ op: 'replace', value: { active: false } }]);
    expect((await okta.getUser(here.id)).active).toBe(true);
  });

  it('requires exactly one integration', async () => {
    const command = okta.command('users.create', { attributes: { userName: 'x' } });
    for (const integrationIds of [[], [uuidv7(), uuidv7()]])
      expect(() => directory.users.create({ ...command, integrationIds })).toThrow('requires exactly one integration');
  });

  it('accepts names in every script and of any allowed length', async () => {
    const userName = `İıßς"'\\%_${'x'.repeat(900)}`;
    const user = await okta.createUser({ userName, displayName: '\u{1F600}'.repeat(250) });
    expect(user.attributes.userName).toBe(userName);
    expect((await okta.findUsers(`userName eq ${JSON.stringify(userName)}`)).items).toEqual([user]);
  });
});

describe('changing a user', () => {
  it('PUT removes missing attributes, but keeps the status', async () => {
    const alice = await okta.createUser(ALICE);
    await okta.patchUser(alice.id, [{ op: 'replace', value: { active: false } }]);
    const { attributes, active, version } = await okta.putUser(alice.id, { userName: 'alice' });
    expect({ attributes, active, version }).toEqual({
      attributes: { userName: 'alice', active: false },
      active: false,
      version: 3,
    });
    expect((await okta.putUser(alice.id, { userName: 'alice', active: null })).active).toBe(false);
  });

  it('publishes one user.updated with the complete new state for a change of several attributes', async () => {
    const alice = await okta.createUser(ALICE);
    await okta.takeEvents();
    const patched = await okta.patchUser(alice.id, [
      { op: 'replace', path: 'displayName', value: 'Al' },
      { op: 'replace', path: 'name.givenName', value: 'Alicia' },
      { op: 'replace', path: 'userName', value: 'alicia' },
    ]);
    expect(patched.version).toBe(2);
    const events = await okta.takeEvents();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      name: 'user.updated',
      version: 2,
      data: { userName: 'alicia', displayName: 'Al', externalId: '00u1', active: true, deactivations: 0 },
    });
  });

  it('writes and publishes nothing without a change', async () => {
    const alice = await okta.createUser(ALICE);
    await okta.takeEvents();
    expect(await okta.putUser(alice.id, ALICE)).toEqual(alice);
    expect(await okta.putUser(alice.id, { ...ALICE, active: true })).toEqual(alice);
    expect(
      await okta.patchUser(alice.id, [{ op: 'replace', value: { active: 'True', userName: ALICE.userName } }]),
    ).toEqual(alice);
    expect(await okta.getUser(alice.id)).toEqual(alice);
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('refuses the userName of another user and changes nothing', async () => {
    const [alice] = [await okta.createUser(ALICE), await okta.createUser({ userName: 'bob' })];
    await okta.takeEvents();
    await expect(okta.putUser(alice.id, { userName: 'BOB' })).rejects.toEqual(refusedWith('uniqueness'));
    await expect(
      okta.patchUser(alice.id, [{ op: 'replace', value: { userName: 'Bob', active: false } }]),
    ).rejects.toEqual(refusedWith('uniqueness'));
    expect(await okta.getUser(alice.id)).toEqual(alice);
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('accepts a change of case of the own userName', async () => {
    const alice = await okta.createUser(ALICE);
    const renamed = await okta.putUser(alice.id, { ...ALICE, userName: 'ALICE@example.com' });
    expect(renamed.attributes.userName).toBe('ALICE@example.com');
  });

  it('loses no concurrent write', async () => {
    const alice = await okta.createUser(ALICE);
    const titles = ['title', 'nickName', 'locale', 'timezone', 'userType', 'preferredLanguage'];
    await Promise.all(titles.map((path) => okta.patchUser(alice.id, [{ op: 'replace', path, value: `a ${path}` }])));
    const { attributes, version } = await okta.getUser(alice.id);
    expect(version).toBe(7);
    expect(attributes).toMatchObject(Object.fromEntries(titles.map((path) => [path, `a ${path}`])));
  });
});

describe('a user', () => {
  const ids = [
    uuidv7(),
    'nope',
    '',
    "' OR 1=1 --",
    '00000000-0000-0000-0000-000000000000',
    '%00',
    'x'.repeat(5000),
    '__proto__',
    'a\0b',
  ];

  it.each(ids)('is not found by the unknown or invalid id %j', async (id) => {
    const write = [{ op: 'replace', value: { active: false } }];
    await expect(okta.getUser(id)).rejects.toEqual(refusedWith('notFound'));
    await expect(okta.putUser(id, ALICE)).rejects.toEqual(refusedWith('notFound'));
    await expect(okta.patchUser(id, write)).rejects.toEqual(refusedWith('notFound'));
    await expect(okta.deleteUser(id)).rejects.toEqual(refusedWith('notFound'));
  });

  it('is not found by the id in another case', async () => {
    const alice = await okta.createUser(ALICE);
    await expect(okta.getUser(alice.id.toUpperCase())).rejects.toEqual(refusedWith('notFound'));
  });

  it('is not found by another integration', async () => {
    const alice = await okta.createUser(ALICE);
    const other = directory.tenant();
    await expect(other.getUser(alice.id)).rejects.toEqual(refusedWith('notFound'));
    await expect(other.deleteUser(alice.id)).rejects.toEqual(refusedWith('notFound'));
    await expect(other.patchUser(alice.id, [{ op: 'replace', value: { active: false } }])).rejects.toEqual(
      refusedWith('notFound'),
    );
    expect(await okta.getUser(alice.id)).toEqual(alice);
  });
});

describe('pages of users', () => {
  it('have every user once, oldest first', async () => {
    const created = await okta.createUsers(7);
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await directory.users.page(okta.command('users.page', { limit: 3, ...(cursor ? { cursor } : {}) }));
      ids.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(ids).toEqual(created.map(({ id }) => id).sort());
  });

  it('have users without groups', async () => {
    const tenant = directory.tenant();
    const alice = await tenant.createUser(ALICE);
    await tenant.createGroup({ displayName: 'Ops', members: [{ value: alice.id }] });
    expect((await tenant.getUser(alice.id)).groups).toHaveLength(1);
    const { items } = await directory.users.page(tenant.command('users.page', { limit: 3 }));
    expect(items.map(({ id, groups }) => [id, groups])).toEqual([[alice.id, []]]);
  });

  it('are refused for an invalid cursor', () => {
    const command = okta.command('users.page', { limit: 3, cursor: "'; DROP TABLE identity.users --" });
    expect(() => directory.users.page(command)).toThrow('cursor');
  });
});

it('users.count counts the users of one integration', async () => {
  const [, erin] = await okta.createUsers(3);
  await okta.patchUser(erin!.id, [{ op: 'replace', value: { active: false } }]);
  await directory.tenant().createUsers(2);
  expect(await directory.users.count(okta.command('users.count', {}))).toEqual({ users: 3, activeUsers: 2 });
});
