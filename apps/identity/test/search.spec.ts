import { type Directory, members, openDirectory, refusedWith, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => {
  directory = await openDirectory();
  okta = directory.tenant();
  // The other integration has the same users. No filter may find them.
  for (const tenant of [directory.tenant(), okta]) {
    await tenant.createUser({ userName: 'Alice@Example.com', displayName: 'Alice Archer', externalId: '00uA' });
    await tenant.createUser({ userName: 'bob@example.com', displayName: '100% O\'Brien_"\\', externalId: '00uB' });
    await tenant.createUser({ userName: 'carol@example.com', active: false });
    await tenant.createUser({ userName: 'ΣΊΣΥΦΟΣ@example.com', name: { givenName: 'Alice', familyName: 'Archer' } });
  }
});
afterAll(() => directory.close());

const found = async (filter: string) => {
  const { items, totalResults } = await okta.findUsers(filter);
  expect(totalResults).toBe(items.length);
  return items.map(({ attributes }) => (attributes.userName as string).split('@')[0]);
};
const ALL = ['Alice', 'bob', 'carol', 'ΣΊΣΥΦΟΣ'];

describe('a filter finds', () => {
  const cases: [string, string[]][] = [
    ['userName eq "alice@EXAMPLE.com"', ['Alice']],
    ['USERNAME EQ "alice@example.com"', ['Alice']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "alice@example.com"', ['Alice']],
    ['userName eq "σίσυφος@example.com"', ['ΣΊΣΥΦΟΣ']],
    ['userName eq ""', []],
    ['userName eq "%"', []],
    ['userName co "_"', []],
    ['userName co "@example"', ALL],
    ['userName sw "ALI"', ['Alice']],
    ['userName ew "L@example.com"', ['carol']],
    ['userName ne "bob@example.com"', ['Alice', 'carol', 'ΣΊΣΥΦΟΣ']],
    ['userName ge "bob@example.com" and userName lt "d"', ['bob', 'carol']],
    ['displayName eq "alice archer"', ['Alice']],
    ['displayName co "%"', ['bob']],
    [`displayName ew ${JSON.stringify('O\'Brien_"\\')}`, ['bob']],
    ['displayName pr', ['Alice', 'bob']],
    ['not (displayName pr)', ['carol', 'ΣΊΣΥΦΟΣ']],
    ['displayName eq null', ['carol', 'ΣΊΣΥΦΟΣ']],
    ['displayName ne null', ['Alice', 'bob']],
    ['displayName ne "alice archer"', ['bob', 'carol', 'ΣΊΣΥΦΟΣ']],
    ['not (displayName eq "alice archer")', ['bob', 'carol', 'ΣΊΣΥΦΟΣ']],
    ['not (displayName eq "x" and active eq true)', ALL],
    ['externalId eq "00uA"', ['Alice']],
    ['externalId eq "00ua"', []],
    ['active eq false', ['carol']],
    ['active eq "True"', ['Alice', 'bob', 'ΣΊΣΥΦΟΣ']],
    ['active ne true', ['carol']],
    ['active pr', ALL],
    ['active eq true and (externalId eq "00uA" or userName sw "bob")', ['Alice', 'bob']],
    ['id pr', ALL],
    ['id eq "nope"', []],
    ['id eq "00000000-0000-0000-0000-000000000000"', []],
    ['id ne "nope"', ALL],
  ];
  it.each(cases)('%s', async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  it('a user by id, case-sensitively', async () => {
    const [{ id } = { id: '' }] = (await okta.findUsers('externalId eq "00uA"')).items;
    expect(await found(`id eq "${id}"`)).toEqual(['Alice']);
    expect(await found(`id sw "${id.slice(0, 30)}" and id ew "${id.slice(30)}"`)).toEqual(['Alice']);
    expect(await found(`id eq "${id.toUpperCase()}"`)).toEqual([]);
  });
});

describe('values with SQL syntax are only values', () => {
  it.each([
    `' OR 1=1 --`,
    `'; DROP TABLE identity.users; --`,
    `$1`,
    `\\' OR ''='`,
    `a%00b`,
    `{"$ne":null}`,
    `1) OR (1=1`,
    `\u{1F4A9}`,
  ])('%s', async (value) => {
    for (const attribute of ['userName', 'displayName', 'externalId', 'id'])
      for (const operator of ['eq', 'co', 'sw', 'ew'])
        expect(await found(`${attribute} ${operator} ${JSON.stringify(value)}`)).toEqual([]);
  });
});

describe('an invalid filter is refused', () => {
  it.each([
    'password eq "x"',
    'password pr',
    'emails.shoeSize eq "x"',
    'emails[password eq "work"]',
    'meta.created gt "yesterday"',
    'meta.version eq "W/\\"1\\""',
    'meta[version pr]',
    'name eq "Alice"',
    'members.value eq "x"',
    '__proto__ eq "x"',
    'constructor pr',
    'toString eq "x"',
    'user_name_key eq "x"',
    'r.id eq "x"',
    '"1"="1" or userName eq "x"',
    "userName eq 'x'",
    'userName eq "x"; DROP TABLE identity.users',
    'userName eq "x" OR 1=1',
    'userName xx "y"',
    'active gt true',
    'active co "t"',
    'userName eq true',
    'displayName eq "unclosed',
    'userName eq "\\u0000"',
    'userName',
    '',
  ])('%s', async (filter) => {
    await expect(okta.findUsers(filter)).rejects.toEqual(refusedWith('invalidFilter'));
  });
});

describe('pages of a list', () => {
  it('have a stable order and the total number of results', async () => {
    const whole = await okta.findUsers();
    expect(whole.totalResults).toBe(4);
    const pages = await Promise.all([1, 3, 5].map((startIndex) => okta.findUsers(undefined, { startIndex, count: 2 })));
    expect(pages.flatMap(({ items }) => items)).toEqual(whole.items);
    expect(pages.map(({ totalResults }) => totalResults)).toEqual([4, 4, 4]);
  });

  it('have only the total for count 0', async () => {
    expect(await okta.findUsers(undefined, { count: 0 })).toEqual({ totalResults: 4, items: [] });
    expect(await okta.findUsers('active eq false', { count: 0 })).toEqual({ totalResults: 1, items: [] });
  });

  it.each([
    { startIndex: 0, count: -1 },
    { startIndex: -5, count: 2 },
    { startIndex: 1e9, count: 2 },
    { startIndex: NaN, count: NaN },
    { startIndex: 1, count: 1e12 },
  ])('accept any number: %j', async (params) => {
    expect((await okta.findUsers(undefined, params)).totalResults).toBe(4);
  });
});

describe('groups', () => {
  it('are found by case-insensitive name, externalId and member', async () => {
    const tenant = directory.tenant();
    const [alice, bob] = await tenant.createUsers(2);
    const ops = await tenant.createGroup({ displayName: 'Ops', externalId: 'g1', members: members(alice!) });
    const dev = await tenant.createGroup({ displayName: 'Dev Ops', members: members(alice!, bob!) });
    const names = async (filter: string) => (await tenant.findGroups(filter)).items.map(({ id }) => id);
    expect(await names('displayName eq "OPS"')).toEqual([ops.id]);
    expect(await names('displayName ew "ops"')).toEqual([ops.id, dev.id]);
    expect(await names('externalId eq "g1"')).toEqual([ops.id]);
    expect(await names(`id eq "${dev.id}"`)).toEqual([dev.id]);
    for (const path of ['members.value eq', 'members eq'])
      expect(await names(`${path} "${alice!.id}"`)).toEqual([ops.id, dev.id]);
    expect(await names(`members[value eq "${bob!.id}"]`)).toEqual([dev.id]);
    expect(await names(`members[value eq "${bob!.id}" or value eq "nope"] and displayName sw "dev"`)).toEqual([dev.id]);
    expect(await names(`not (members.value eq "${bob!.id}")`)).toEqual([ops.id]);
    expect(await names('members pr')).toEqual([ops.id, dev.id]);
    expect(await names(`members.value eq "' OR 1=1 --"`)).toEqual([]);
    for (const filter of ['members.size eq 1', 'members[groups eq "x"]', 'members gt null', 'userName eq "x"'])
      await expect(tenant.findGroups(filter)).rejects.toEqual(refusedWith('invalidFilter'));
  });

  it('are listed with or without their first members', async () => {
    const tenant = directory.tenant();
    const users = await tenant.createUsers(3);
    await tenant.createGroup({ displayName: 'Ops', members: members(...users) });
    await tenant.createGroup({ displayName: 'Dev', members: members(users[0]!) });
    const shown = (list: { items: { members: unknown[] }[] }) => list.items.map((group) => group.members.length);
    expect(shown(await tenant.findGroups(undefined, true))).toEqual([3, 1]);
    expect(shown(await tenant.findGroups())).toEqual([0, 0]);
    expect((await tenant.findUsers()).items.map((user) => user.groups.length)).toEqual([2, 1, 1]);
  });
});
