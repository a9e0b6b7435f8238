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
  it('has the same query in the URL and in the body', () => {
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

  it('takes the projection from the body, or from the URL of a GET', () => {
    const before = { ...call(), projection: { excludedAttributes: 'groups' } };
    expect(searchInBody(before, { schemas: [SEARCH], attributes: ['id', 'userName'] }).call.projection).toEqual({
      attributes: expect.stringMatching(/^id, ?userName$/),
    });
    expect(searchInUrl(before).call).toBe(before);
  });
});

describe('queryForType gives, for a query on all resources,', () => {
  const query = (more: Partial<ScimListQuery> = {}): ScimListQuery => ({
    baseUrl: BASE,
    startIndex: 1,
    count: 5,
    ...more,
  });

  it.each<[string, Partial<ScimListQuery>, users: object | undefined, groups: object | undefined]>([
    ['everything', {}, query(), query()],
    [
      'a filter on attributes of both types',
      { filter: 'id eq "1"' },
      query({ filter: 'id eq "1"' }),
      query({ filter: 'id eq "1"' }),
    ],
    [
      'a filter on attributes of users',
      { filter: 'userName eq "alice"' },
      query({ filter: 'userName eq "alice"' }),
      undefined,
    ],
    ['a filter on attributes of groups', { filter: 'members pr' }, undefined, query({ filter: 'members pr' })],
    [
      'a filter on attributes of either type',
      { filter: 'userName eq "alice" or members pr' },
      query({ filter: 'userName eq "alice"' }),
      query({ filter: 'members pr' }),
    ],
    [
      'sorting by an attribute of both types',
      { sortBy: 'displayName' },
      query({ sortBy: 'displayName' }),
      query({ sortBy: 'displayName' }),
    ],
    ['sorting by an attribute of users', { sortBy: 'userName' }, query({ sortBy: 'userName' }), query()],
    [
      'a direction',
      { sortOrder: 'descending' },
      query({ sortOrder: 'descending' }),
      query({ sortOrder: 'descending' }),
    ],
  ])('%s', (_, asked, users, groups) => {
    expect([queryForType(USER, query(asked)), queryForType(GROUP, query(asked))]).toEqual([users, groups]);
  });

  it('refuses an invalid filter', () => {
    expect(() => queryForType(USER, query({ filter: 'userName is "alice"' }))).toThrow(
      expect.objectContaining({ code: 'invalidFilter' }),
    );
  });
});
