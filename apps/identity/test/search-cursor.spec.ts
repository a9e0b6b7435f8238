import { type ScimListQuery } from '@tidegate/contracts';
import { CURSOR_SECONDS } from '@tidegate/scim';
import fc from 'fast-check';
import { writeCursor } from '../src/search/cursor.rule.js';
import { BASE_URL, type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';
import { type ListParams, listUsers, pagesOf } from './search-directory.js';

let directory: Directory;
let tenant: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (tenant = directory.tenant()));

const list = (params: ListParams) => listUsers(tenant, params);

describe('paging by cursor', () => {
  it('returns the total, and cursors only to pages that exist', async () => {
    await tenant.createUsers(5);
    const first = await list({ cursor: '', count: 2 });
    expect(first).toEqual({ totalResults: 5, items: expect.any(Array), nextCursor: expect.stringMatching(/^[\w-]+$/) });
    const second = await list({ cursor: first.nextCursor, count: 2 });
    expect(second).toMatchObject({
      totalResults: 5,
      nextCursor: expect.any(String),
      previousCursor: expect.any(String),
    });
    const third = await list({ cursor: second.nextCursor, count: 2 });
    expect(third).toEqual({ totalResults: 5, items: [expect.anything()], previousCursor: expect.any(String) });
    expect(await list({ cursor: second.previousCursor, count: 2 })).toEqual(first);
    expect(Object.keys(await list({ cursor: '', count: 5 })).sort()).toEqual(['items', 'totalResults']);
    expect(await list({ cursor: '', filter: 'userName eq "unknown"' })).toEqual({ totalResults: 0, items: [] });
  });

  it('returns a cursor to the previous page on a page that has become empty', async () => {
    const users = await tenant.createUsers(3);
    const first = await list({ cursor: '', count: 2 });
    const ids = first.items.map(({ id }) => id);
    const last = users.map(({ id }) => id).filter((id) => !ids.includes(id));
    await tenant.deleteUser(last[0]!);
    const empty = await list({ cursor: first.nextCursor, count: 2 });
    expect(empty).toEqual({ totalResults: 2, items: [], previousCursor: expect.any(String) });
    const previous = await list({ cursor: empty.previousCursor, count: 2 });
    expect(previous.items.map(({ id }) => id)).toEqual(ids);
  });

  it.each(['', 'userName', 'displayName', 'title'])(
    'sorted by "%s" returns every user that is never deleted exactly once despite creates and deletes between pages',
    async (path) => {
      const order = { ...(path ? { sortBy: path } : {}), filter: 'active eq true' };
      const steps = fc.array(fc.record({ creates: fc.nat(2), deletes: fc.array(fc.nat(11), { maxLength: 2 }) }), {
        minLength: 3,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(
          steps,
          fc.constantFrom<ScimListQuery['sortOrder'][]>('ascending', 'descending'),
          async (rounds, sortOrder) => {
            tenant = directory.tenant();
            const body = (index: number) => ({
              userName: `u${(index * 7) % 13}.${index}`,
              ...(index % 3 === 0 ? {} : { displayName: `d${(index * 5) % 11}`, title: `T${index % 4}` }),
            });
            const users = await Promise.all(Array.from({ length: 12 }, (_, index) => tenant.createUser(body(index))));
            const deleted = new Set<string>();
            const listed: string[] = [];
            let created = users.length;
            let cursor: string | undefined = '';
            for (let round = 0; cursor !== undefined; round++) {
              const page = await list({ ...order, sortOrder, cursor, count: 3 });
              listed.push(...page.items.map(({ id }) => id));
              cursor = page.nextCursor;
              const { creates, deletes } = rounds[round] ?? { creates: 0, deletes: [] };
              for (let i = 0; i < creates; i++) await tenant.createUser(body(created++));
              for (const index of deletes) {
                const { id } = users[index]!;
                if (!deleted.has(id)) await tenant.deleteUser(id);
                deleted.add(id);
              }
            }
            expect(new Set(listed).size).toBe(listed.length);
            expect(listed).toEqual(expect.arrayContaining(users.map(({ id }) => id).filter((id) => !deleted.has(id))));
          },
        ),
        { numRuns: 4 },
      );
    },
  );

  it('returns the same pages forward and backward without a sort order', async () => {
    await tenant.createUsers(7);
    const expected = (await list({})).items.map(({ id }) => id);
    const { forward, backward } = await pagesOf(list, {}, 3);
    expect(forward.flat()).toEqual(expected);
    expect(backward).toEqual(forward);
  });
});

describe('a cursor is refused', () => {
  it.each<[string, ListParams]>([
    ['with another filter', { filter: 'active eq false' }],
    ['without its filter', { filter: undefined }],
    ['with another order', { sortOrder: 'descending' }],
    ['sorted by another attribute', { sortBy: 'displayName' }],
    ['without a sort order', { sortBy: undefined }],
  ])('%s', async (_, change) => {
    await tenant.createUsers(3);
    const params = { filter: 'active eq true', sortBy: 'userName', count: 1 };
    const { nextCursor: cursor } = await list({ ...params, cursor: '' });
    expect((await list({ ...params, cursor })).items).toHaveLength(1);
    await expect(list({ ...params, ...change, cursor })).rejects.toEqual(refusedWith('invalidCursor'));
  });

  it('by another integration, and by a list of groups', async () => {
    await tenant.createUsers(2);
    const { nextCursor: cursor } = await list({ cursor: '', count: 1 });
    await expect(listUsers(directory.tenant(), { cursor })).rejects.toEqual(refusedWith('invalidCursor'));
    const query = { baseUrl: BASE_URL, startIndex: 1, count: 1, cursor, withMembers: false };
    await expect(tenant.groups.list(tenant.command('groups.list', query))).rejects.toEqual(
      refusedWith('invalidCursor'),
    );
  });

  it.each(['x', 'W10', 'bnVsbA', '%', '1', "' OR 1=1 --", '{}', 'a'.repeat(5000), 'u.', '\u0000'])(
    'with an invalid text: %j',
    async (cursor) => {
      await expect(list({ cursor, count: 1 })).rejects.toEqual(refusedWith('invalidCursor'));
    },
  );

  it('with invalid contents', async () => {
    const query = { baseUrl: BASE_URL, startIndex: 1, count: 1, sortBy: 'userName', sortOrder: undefined };
    const scope = { integrationId: tenant.integrationId, type: 'User', query, now: Date.now() };
    const valid = { forward: true, key: 'a', id: tenant.integrationId, inclusive: false };
    expect(await list({ ...query, cursor: writeCursor(scope, valid) })).toMatchObject({ items: [] });
    for (const part of [{ id: 'x' }, { key: 1 }, { key: 'a\0' }, { key: {} as string }, { forward: 1 as never }])
      await expect(list({ ...query, cursor: writeCursor(scope, { ...valid, ...part }) })).rejects.toEqual(
        refusedWith('invalidCursor'),
      );
  });

  it('after its documented lifetime, as expired', async () => {
    const query = { baseUrl: BASE_URL, startIndex: 1, count: 1 };
    const aged = (seconds: number) => {
      const scope = { integrationId: tenant.integrationId, type: 'User', query, now: Date.now() - seconds * 1000 };
      return writeCursor(scope, { forward: true, key: null, id: tenant.integrationId, inclusive: false });
    };
    expect(await list({ count: 1, cursor: aged(CURSOR_SECONDS - 60) })).toMatchObject({ items: [] });
    await expect(list({ count: 1, cursor: aged(CURSOR_SECONDS + 5) })).rejects.toEqual(refusedWith('expiredCursor'));
    await expect(list({ count: 1, cursor: aged(-3600) })).rejects.toEqual(refusedWith('invalidCursor'));
  });
});
