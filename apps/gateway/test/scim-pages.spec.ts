import { type GroupRecord, type ScimListQuery, type UserRecord } from '@tidegate/contracts';
import { type LightMyRequestResponse } from 'fastify';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

/** Maximum records in a page: fewer than requested, as in replies of identity with large records. */
const FIT = 3;

describe('lists with shorter pages than requested', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  const users: UserRecord[] = Array.from({ length: 7 }, () => userRecord());
  const groups: GroupRecord[] = Array.from({ length: 5 }, () => groupRecord());
  beforeAll(async () => {
    gateway = await openGateway();
    okta = await newIntegration(gateway);
    gateway.transport.handlers['users.list'] = (query) => pageOf(users, query);
    gateway.transport.handlers['groups.list'] = (query) => pageOf(groups, query);
  });
  afterAll(() => gateway.close());

  function pageOf<T>(all: T[], { startIndex, count, cursor }: ScimListQuery) {
    const from = cursor === undefined ? startIndex - 1 : Number(cursor || 0);
    const items = all.slice(from, from + Math.min(count, FIT));
    const next = from + items.length;
    const nextCursor = cursor !== undefined && next < all.length ? { nextCursor: String(next) } : {};
    return { totalResults: all.length, items, ...nextCursor };
  }

  it.each(['/Users', '/'])('have itemsPerPage to continue %s without gaps', async (path) => {
    const expected = (path === '/' ? [...users, ...groups] : users).map(({ id }) => id);
    const found: string[] = [];
    for (let pages = 0; found.length < expected.length; pages++) {
      const page = (await okta.scim('GET', `${path}?startIndex=${found.length + 1}&count=100`)).json();
      expect(page).toMatchObject({ totalResults: expected.length, startIndex: found.length + 1 });
      expect(page.itemsPerPage).toBe(page.Resources.length);
      found.push(...page.Resources.map(({ id }: { id: string }) => id));
      expect(pages).toBeLessThan(10);
    }
    expect(found).toEqual(expected);
  });

  it.each(['/Users', '/'])('return all of %s by cursor', async (path) => {
    const expected = (path === '/' ? [...users, ...groups] : users).map(({ id }) => id);
    const found: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const answer: LightMyRequestResponse = await okta.scim('GET', `${path}?count=100&cursor=${cursor}`);
      const page = answer.json<{ Resources: { id: string }[]; nextCursor?: string }>();
      found.push(...page.Resources.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(expected);
  });
});
