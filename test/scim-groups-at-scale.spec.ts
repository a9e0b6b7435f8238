import { type Event } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import pg from 'pg';
import { newIntegration, type TestIntegration } from '../apps/gateway/test/harness.js';
import { type Directory, openDirectory } from './directory.js';

/** More than a page of members, and more than the response of a change shows. */
const MEMBERS = 2_500;
/** The maximum number of operations of a PATCH. */
const OPERATIONS = 1_000;

interface Member {
  value: string;
}

describe('large groups over HTTP', () => {
  let directory: Directory;
  let okta: TestIntegration;
  let owner: pg.Client;
  let people: string[];

  beforeAll(async () => {
    directory = await openDirectory();
    okta = await newIntegration(directory.gateway);
    owner = new pg.Client({ connectionString: directory.databaseUrl });
    await owner.connect();
    expect((await okta.scim('POST', '/Users', { userName: 'the first' })).statusCode).toBe(201);
    // Thousands of copies of the created user, without the columns that the database generates.
    const { rows: columns } = await owner.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'identity' AND table_name = 'users' AND is_generated = 'NEVER'`,
    );
    const listed = (prefix: string) => columns.map(({ name }) => prefix + name).join(', ');
    await owner.query(
      `INSERT INTO identity.users (${listed('')}) SELECT ${listed('copy.')}
       FROM identity.users u, generate_series(1, $1::integer) n,
         jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'user_name', 'user ' || n,
           'user_name_key', 'user ' || n, 'command_id', gen_random_uuid())) AS copy`,
      [MEMBERS + OPERATIONS],
    );
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM identity.users ORDER BY id');
    people = rows.map(({ id }) => id);
  });
  afterAll(async () => {
    await owner?.end();
    await directory?.close();
  });

  const valuesOf = (ids: readonly string[]): Member[] => ids.map((value) => ({ value }));
  async function pushed(displayName: string, ids: readonly string[]): Promise<string> {
    const answer = await okta.scim('POST', '/Groups', { displayName, members: valuesOf(ids) });
    expect(answer.statusCode).toBe(201);
    return answer.json<{ id: string }>().id;
  }
  const put = (id: string, displayName: string, ids: readonly string[]) =>
    okta.scim('PUT', `/Groups/${id}?excludedAttributes=members`, { displayName, members: valuesOf(ids) });
  const patch = (id: string, Operations: object[]) => okta.scim('PATCH', `/Groups/${id}`, { Operations });
  async function membersOf(id: string): Promise<string[]> {
    const { members = [] } = (await okta.scim('GET', `/Groups/${id}`)).json<{ members?: Member[] }>();
    return members.map(({ value }) => value);
  }
  /** The transaction that wrote each row of a group and of its members. */
  async function written(id: string): Promise<Record<string, string>> {
    const { rows } = await owner.query<{ row: string; by: string }>(
      `SELECT id::text AS row, xmin::text AS by FROM identity.groups WHERE id = $1
       UNION ALL SELECT user_id::text, xmin::text FROM identity.group_members WHERE group_id = $1`,
      [id],
    );
    return Object.fromEntries(rows.map(({ row, by }) => [row, by]));
  }
  /** The events of a group up to the version of a final change. */
  async function toldUpTo(id: string, version: number): Promise<Event[]> {
    const of = () => directory.events.filter(({ subject }) => subject === id);
    await eventually(() => expect(of().some((event) => event.version === version)).toBe(true));
    return of();
  }
  const changesOf = (events: readonly Event[], version: number) =>
    events.flatMap((event) =>
      event.name === 'group.members.changed' && event.version === version
        ? (event.data as { changes: { userId: string; present: boolean }[] }).changes
        : [],
    );

  it('a PUT that changes nothing writes no rows and publishes no events', async () => {
    const ids = people.slice(0, MEMBERS);
    const id = await pushed('Unchanged', ids);
    const before = await written(id);
    expect(Object.keys(before)).toHaveLength(MEMBERS + 1);
    const { headers } = await okta.scim('GET', `/Groups/${id}?attributes=id`);
    for (let again = 0; again < 3; again++) {
      const answer = await put(id, 'Unchanged', ids.toReversed());
      expect([answer.statusCode, answer.headers['etag']]).toEqual([200, headers['etag']]);
    }
    expect(await written(id)).toEqual(before);
    expect((await put(id, 'Renamed', ids)).statusCode).toBe(200);
    const events = await toldUpTo(id, 3);
    expect([...new Set(events.map(({ name, version }) => `${name} ${version}`))]).toEqual([
      'group.created 1',
      'group.members.changed 2',
      'group.renamed 3',
    ]);
  });

  it.each(['PUT', 'PATCH'])(
    'a replace of all members by %s writes and publishes only the difference',
    async (method) => {
      const ids = people.slice(0, MEMBERS);
      const [leaves, joins] = [ids[7]!, people[MEMBERS + 1]!];
      const id = await pushed('Difference', ids);
      const before = await written(id);
      const wanted = [...ids.filter((person) => person !== leaves), joins];
      const answer = await (method === 'PUT'
        ? put(id, 'Difference', wanted)
        : patch(id, [{ op: 'replace', path: 'members', value: valuesOf(wanted) }]));
      expect(answer.statusCode).toBe(method === 'PUT' ? 200 : 204);
      const { [leaves]: _, [id]: __, ...others } = before;
      const after = await written(id);
      expect(after).toMatchObject(others);
      expect(Object.keys(after)).toHaveLength(MEMBERS + 1);
      const changes = changesOf(await toldUpTo(id, 3), 3);
      expect(new Set(changes.map(({ userId, present }) => `${userId} ${present}`))).toEqual(
        new Set([`${leaves} false`, `${joins} true`]),
      );
      expect(changes).toHaveLength(2);
    },
  );

  it('a thousand operations in one PATCH are one transaction, one version and one event', async () => {
    const id = await pushed('Thousand', [people[0]!]);
    const joining = people.slice(1, OPERATIONS);
    const answer = await patch(id, [
      { op: 'remove', path: `members[value eq "${people[0]}"]` },
      ...joining.map((value) => ({ op: 'add', path: 'members', value: [{ value }] })),
    ]);
    expect([answer.statusCode, answer.headers['etag']]).toEqual([204, 'W/"3"']);
    const after = await written(id);
    expect(new Set(Object.keys(after))).toEqual(new Set([id, ...joining]));
    expect(new Set(Object.values(after)).size).toBe(1);
    const changes = changesOf(await toldUpTo(id, 3), 3);
    expect(changes.filter(({ present }) => present)).toHaveLength(joining.length);
    expect(changes.filter(({ present }) => !present)).toEqual([{ userId: people[0], present: false }]);
  });

  it('a thousand operations change nothing when the last one fails', async () => {
    const id = await pushed('Nothing', [people[0]!]);
    const before = await written(id);
    const joining = people.slice(1, OPERATIONS).map((value) => ({ op: 'add', path: 'members', value: [{ value }] }));
    const answer = await patch(id, [...joining, { op: 'replace', path: 'id', value: 'x' }]);
    expect([answer.statusCode, answer.json().scimType]).toEqual([400, 'mutability']);
    expect(await written(id)).toEqual(before);
  });

  it('twenty concurrent changes of one group are all applied', async () => {
    const id = await pushed('Crowd', people.slice(0, 20));
    const answers = await Promise.all(
      people.slice(0, 20).map((leaves, index) =>
        patch(id, [
          { op: 'remove', path: `members[value eq "${leaves}"]` },
          { op: 'add', path: 'members', value: [{ value: people[100 + index] }] },
        ]),
      ),
    );
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ headers }) => headers['etag'])).size).toBe(20);
    expect(new Set(await membersOf(id))).toEqual(new Set(people.slice(100, 120)));
  });

  it('a group with more than a page of members is read completely, or without members when they are excluded', async () => {
    const ids = people.slice(0, MEMBERS);
    const id = await pushed('Streamed', ids);
    expect((await membersOf(id)).toSorted()).toEqual(ids.toSorted());
    const listed = await okta.scim('GET', '/Groups?filter=displayName%20eq%20%22Streamed%22');
    expect(listed.json<{ Resources: { members: Member[] }[] }>().Resources[0]!.members).toHaveLength(MEMBERS);
    for (const path of [`/Groups/${id}`, '/Groups', '']) {
      const answer = await okta.scim('GET', `${path}?excludedAttributes=members`);
      expect([answer.statusCode, answer.body.includes('"members"')]).toEqual([200, false]);
    }
  });
});
