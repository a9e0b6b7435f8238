import { type SearchRequest } from '@tidegate/scim';
import { indexOf, listQuery, projectionOf } from './list-query.rule.js';

const BASE = 'https://tidegate.example.com/scim/v2/acme';
const FIRST = { baseUrl: BASE, startIndex: 1, count: 100 };

describe('what a list asks', () => {
  it.each<[string, SearchRequest, object]>([
    ['nothing', {}, FIRST],
    ['a filter, an empty one too', { filter: '' }, { ...FIRST, filter: '' }],
    [
      'an order',
      { sortBy: 'userName', sortOrder: 'descending' },
      { ...FIRST, sortBy: 'userName', sortOrder: 'descending' },
    ],
    ['an order by nothing', { sortBy: '' }, FIRST],
    ['a page', { startIndex: 11, count: 10 }, { ...FIRST, startIndex: 11, count: 10 }],
    ['a page before the first', { startIndex: 0 }, FIRST],
    ['a page far before the first', { startIndex: -5 }, FIRST],
    ['a page behind all', { startIndex: 1e12 }, { ...FIRST, startIndex: 2_147_483_647 }],
    ['less than nothing', { count: -1 }, { ...FIRST, count: 0 }],
    ['how many there are', { count: 0 }, { ...FIRST, count: 0 }],
    ['the first page by cursor', { cursor: '', count: 1 }, { ...FIRST, cursor: '', count: 1 }],
    ['the next page by cursor', { cursor: 'abc' }, { ...FIRST, cursor: 'abc' }],
  ])('%s', (_, request, query) => {
    expect(listQuery(request, BASE)).toEqual(query);
  });

  it('is never more than a page', () => {
    expect(listQuery({ count: 1e6 }, BASE).count).toBe(listQuery({ count: 1e9 }, BASE).count);
    expect(listQuery({ count: 1e6 }, BASE).count).toBeLessThanOrEqual(1_000);
  });

  it.each([0, -1])('by cursor a page of %i is refused', (count) => {
    expect(() => listQuery({ cursor: '', count }, BASE)).toThrow(expect.objectContaining({ code: 'invalidCount' }));
  });

  it('tells where its page begins, but not by cursor', () => {
    expect(indexOf(listQuery({ startIndex: 11 }, BASE))).toEqual({ startIndex: 11 });
    expect(indexOf(listQuery({ startIndex: 11, cursor: '' }, BASE))).toEqual({});
  });
});

describe('what of each resource is shown', () => {
  it.each<[string, SearchRequest, object]>([
    ['everything', {}, {}],
    ['everything, of lists of no names', { attributes: ' ', excludedAttributes: '' }, {}],
    ['some', { attributes: 'userName' }, { attributes: 'userName' }],
    ['all but some', { excludedAttributes: 'groups' }, { excludedAttributes: 'groups' }],
    ['some, beside a list of no names', { attributes: 'id', excludedAttributes: ' ' }, { attributes: 'id' }],
  ])('%s', (_, request, projection) => {
    for (const dialect of ['okta', 'entra', 'strict'] as const)
      expect(projectionOf(request, dialect)).toEqual(projection);
  });

  it('both lists exclude one another where a client is taken by the letter', () => {
    const both = { attributes: 'id', excludedAttributes: 'groups' };
    expect(() => projectionOf(both, 'strict')).toThrow(expect.objectContaining({ code: 'invalidValue' }));
    expect(projectionOf(both, 'okta')).toEqual(both);
  });
});
