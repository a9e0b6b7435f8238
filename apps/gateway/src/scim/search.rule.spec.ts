import { type ScimListQuery } from '@tidegate/contracts';
import { DEFAULT_PROFILE, GROUP, resourceTypes, USER } from '@tidegate/scim';
import { type ScimCall } from './scim-call.js';
import { queryForType, searchInBody, searchInUrl } from './search.rule.js';

const BASE = 'https://tidegate.example.com/scim/v2/acme';
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const call = (query: Record<string, string> = {}): ScimCall =>
  ({
    integrationId: 'acme',
    baseUrl: BASE,
    projection: {},
    profile: DEFAULT_PROFILE,
    types: resourceTypes(DEFAULT_PROFILE),
    groupsToSync: [],
    query,
  }) as unknown as ScimCall;

describe('a list', () => {
  it('asks the same in the address and in the body', () => {
    const inUrl = searchInUrl(call({ filter: 'userName eq "alice"', startIndex: '2', count: '5', sortBy: 'id' }));
    const inBody = searchInBody(call(), {
      schemas: [SEARCH],
      filter: 'userName eq "alice"',
      startIndex: 2,
      count: 5,
      sortBy: 'id',
    });
    expect(inBody.query).toEqual(inUrl.query);
    expect(inUrl.query).toEqual({
      baseUrl: BASE,
      filter: 'userName eq "alice"',
      startIndex: 2,
      count: 5,
      sortBy: 'id',
    });
  });

  it('shows what the body says, and what the address says when it is asked there', () => {
    const before = { ...call(), projection: { excludedAttributes: 'groups' } };
    expect(searchInBody(before, { schemas: [SEARCH], attributes: ['id', 'userName'] }).call.projection).toEqual({
      attributes: expect.stringMatching(/^id, ?userName$/),
    });
    expect(searchInUrl(before).call).toBe(before);
  });
});

describe('a query on all resources asks of one type', () => {
  const query = (more: Partial<ScimListQuery> = {}): ScimListQuery => ({
    baseUrl: BASE,
    startIndex: 1,
    count: 5,
    ...more,
  });

  it.each<[string, Partial<ScimListQuery>, users: object | undefined, groups: object | undefined]>([
    ['everything', {}, query(), query()],
    ['what both have', { filter: 'id eq "1"' }, query({ filter: 'id eq "1"' }), query({ filter: 'id eq "1"' })],
    ['what users have', { filter: 'userName eq "alice"' }, query({ filter: 'userName eq "alice"' }), undefined],
    ['what groups have', { filter: 'members pr' }, undefined, query({ filter: 'members pr' })],
    [
      'what either has',
      { filter: 'userName eq "alice" or members pr' },
      query({ filter: 'userName eq "alice"' }),
      query({ filter: 'members pr' }),
    ],
    [
      'an order by what both have',
      { sortBy: 'displayName' },
      query({ sortBy: 'displayName' }),
      query({ sortBy: 'displayName' }),
    ],
    ['an order by what users have', { sortBy: 'userName' }, query({ sortBy: 'userName' }), query()],
    [
      'a direction',
      { sortOrder: 'descending' },
      query({ sortOrder: 'descending' }),
      query({ sortOrder: 'descending' }),
    ],
  ])('%s', (_, asked, users, groups) => {
    expect([queryForType(USER, query(asked)), queryForType(GROUP, query(asked))]).toEqual([users, groups]);
  });

  it('a filter that cannot be read is refused', () => {
    expect(() => queryForType(USER, query({ filter: 'userName is "alice"' }))).toThrow(
      expect.objectContaining({ code: 'invalidFilter' }),
    );
  });
});
