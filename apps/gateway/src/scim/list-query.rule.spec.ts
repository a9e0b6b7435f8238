import { type SearchRequest } from '@tidegate/scim';
import { indexOf, listQuery, projectionOf } from './list-query.rule.js';

const BASE = 'https://tidegate.example.com/scim/v2/acme';
const FIRST = { baseUrl: BASE, startIndex: 1, count: 100 };

describe('listQuery', () => {
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
    ['a page after the last', { startIndex: 1e12 }, { ...FIRST, startIndex: 2_147_483_647 }],
    ['a negative count', { count: -1 }, { ...FIRST, count: 0 }],
    ['only the total', { count: 0 }, { ...FIRST, count: 0 }],
    ['the first page by cursor', { cursor: '', count: 1 }, { ...FIRST, cursor: '', count: 1 }],
    ['the next page by cursor', { cursor: 'abc' }, { ...FIRST, cursor: 'abc' }],
  ])('%s', (_, request, query) => {
    expect(listQuery(request, BASE)).toEqual(query);
  });

  it('limits the count', () => {
    expect(listQuery({ count: 1e6 }, BASE).count).toBe(listQuery({ count: 1e9 }, BASE).count);
    expect(listQuery({ count: 1e6 }, BASE).count).toBeLessThanOrEqual(1_000);
  });

  it.each([0, -1])('refuses a count of %i with a cursor', (count) => {
    expect(() => listQuery({ cursor: '', count }, BASE)).toThrow(expect.objectContaining({ code: 'invalidCount' }));
  });

  it('includes the start index, except with a cursor', () => {
    expect(indexOf(listQuery({ startIndex: 11 }, BASE))).toEqual({ startIndex: 11 });
    expect(indexOf(listQuery({ startIndex: 11, cursor: '' }, BASE))).toEqual({});
  });
});

describe('projectionOf', () => {
  it.each<[string, SearchRequest, object]>([
    ['everything', {}, {}],
    ['everything, with empty lists', { attributes: ' ', excludedAttributes: '' }, {}],
    ['some', { attributes: 'userName' }, { attributes: 'userName' }],
    ['all but some', { excludedAttributes: 'groups' }, { excludedAttributes: 'groups' }],
    ['some, with an empty list', { attributes: 'id', excludedAttributes: ' ' }, { attributes: 'id' }],
  ])('%s', (_, request, projection) => {
    for (const dialect of ['okta', 'entra', 'strict'] as const)
      expect(projectionOf(request, dialect)).toEqual(projection);
  });

  it('refuses both lists in the strict dialect', () => {
    const both = { attributes: 'id', excludedAttributes: 'groups' };
    expect(() => projectionOf(both, 'strict')).toThrow(expect.objectContaining({ code: 'invalidValue' }));
    expect(projectionOf(both, 'okta')).toEqual(both);
  });
});
